import type { INestApplicationContext } from '@nestjs/common';
import { ReturnsService } from '../../accrual/returns/returns.service.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { storedRefusal } from '../../programmes/decide.js';
import type { Caller } from '../../access/caller.js';
import { Progress } from '../progress.writer.js';
import type { Back, Bought, Cancellation } from './cancellations.js';

export interface ReturnsReport {
  /** Cancellation lines of which something came back. */
  matched: number;
  /** Those of which less came back than was cancelled. */
  inPart: number;
  /** Cancellation lines that were answered `original_not_found`. */
  notFound: number;
  booked: number;
  replayed: number;
  /** Refused returns by the code of their refusal. */
  refused: Map<string, number>;
}

/** Takes back every cancellation, in the order of their times; a second run books nothing. */
export async function returnAll(
  engine: INestApplicationContext,
  cancellations: readonly Cancellation[],
  bought: Bought,
  caller: Caller,
): Promise<ReturnsReport> {
  const report: ReturnsReport = {
    matched: 0,
    inPart: 0,
    notFound: 0,
    booked: 0,
    replayed: 0,
    refused: new Map(),
  };
  const progress = new Progress('taking back', cancellations.length, 'cancellations');
  for (const [index, cancellation] of cancellations.entries()) {
    await takeBack(engine, { cancellation, bought, caller }, report);
    progress.update(index + 1);
  }
  progress.stop();
  return report;
}

interface Task {
  cancellation: Cancellation;
  bought: Bought;
  caller: Caller;
}

async function takeBack(
  engine: INestApplicationContext,
  { cancellation, bought, caller }: Task,
  report: ReturnsReport,
): Promise<void> {
  const { invoice, position, pieces } = cancellation;
  const backs = bought.takeBack(cancellation);
  const key = `trial/${invoice}/${String(position)}`;
  // What matches nothing is asked for by its own number, so that the engine says so itself.
  const none: Back = { reference: invoice, line: '1', quantity: pieces };
  const asked = backs.length === 0 ? [none] : backs;
  for (const [index, back] of asked.entries()) {
    const idempotencyKey = index === 0 ? key : `${key}/${String(index + 1)}`;
    const answer = await answerTo(engine, cancellation, back, { caller, idempotencyKey });
    if (answer === 'booked' || answer === 'replayed') report[answer] += 1;
    else if (backs.length === 0 && answer === 'original_not_found') report.notFound += 1;
    else report.refused.set(answer, (report.refused.get(answer) ?? 0) + 1);
  }
  if (backs.length === 0) return;
  report.matched += 1;
  if (backs.reduce((sum, { quantity }) => sum + quantity, 0) < pieces) report.inPart += 1;
}

/** `booked`, `replayed`, or the code of the refusal. */
async function answerTo(
  engine: INestApplicationContext,
  { at }: Cancellation,
  { reference, line, quantity }: Back,
  asking: { caller: Caller; idempotencyKey: string },
): Promise<string> {
  const request = { occurredAt: new Date(at).toISOString(), lines: [{ line, quantity }] };
  try {
    const posted = await engine
      .get(ReturnsService)
      .record(`ref:${reference}`, request, { ...asking, requestId: 'trial' });
    return storedRefusal(posted)?.code ?? (posted.replayed ? 'replayed' : 'booked');
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'unavailable') throw error;
    return error.code;
  }
}
