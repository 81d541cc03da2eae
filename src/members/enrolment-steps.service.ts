import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Guesser } from '../platform/throttle/guesses.service.js';
import type { EnrolMember } from './members.requests.js';

/** Who has just enrolled. */
export interface Newcomer {
  id: string;
  enrolledAt: number;
}

/** What is to be done in the transaction of an enrolment. */
export type EnrolmentWork = (tx: EntityManager, member: Newcomer) => Promise<void>;

/** What a feature makes of an enrolment before anything is written; what it throws refuses it. */
export type EnrolmentStep = (
  request: EnrolMember,
  caller: Guesser,
) => Promise<EnrolmentWork | undefined>;

/** Features say at start what they do when somebody enrols; members imports none of them. */
@Injectable()
export class EnrolmentSteps {
  private readonly steps: EnrolmentStep[] = [];

  register(step: EnrolmentStep): void {
    this.steps.push(step);
  }

  async prepare(request: EnrolMember, caller: Guesser): Promise<EnrolmentWork[]> {
    const works = await Promise.all(this.steps.map((step) => step(request, caller)));
    return works.filter((work) => work !== undefined);
  }
}
