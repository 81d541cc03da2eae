/** Stories of an audit done again by callers of a server, which knows nothing of the audit. */
import { randomUUID } from 'node:crypto';
import { piecesOf, type Circumstances, type Step } from '../../../src/incentives/world/step.js';
import { World } from '../../../src/incentives/world/world.js';
import type { Story } from '../../../src/incentives/finding.js';
import { compileProgramme } from '../../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import { localDate } from '../../../src/rules/period.js';
import { consent, expected, problem, type Answer, type Api } from '../../support/api.js';
import { DAY_MS, type TestClock } from '../../support/clock.js';

/** Staff give tiers for two years at most. */
const GRANT_DAYS = 699;
const SECOND_MS = 1_000;

/** What a step came to, read off the API. */
export interface Measured {
  step: Step;
  /** Change of the whole points of everybody in the story, pending, held and owed ones too. */
  points: number;
  /** The part of it that somebody got whom points were sent to. */
  received: number;
  /** Minor units paid; negative = came back. */
  money: number;
  /** What rewards were worth that were handed over. */
  worth: number;
  refused: string | undefined;
}

export interface Callers {
  shop: Api;
  staff: Api;
  clock: TestClock;
  /** Does a job, as if its time had come. */
  run: (job: string) => Promise<unknown>;
}

/** Somebody of one story. */
interface Person {
  id: string;
  points: number;
  /** Or a moment later: nobody buys before they are there. */
  enrolledAt: number;
  /** What they said of themselves. */
  said?: string;
  referralCode?: string;
}

export class Player {
  private readonly people = new Map<string, Person>();
  /** Ids of purchases, by the numbers that the audit gave them. */
  private readonly purchases = new Map<string, string>();
  private readonly paid = new Map<string, number>();
  private at = 0;
  private given = 0;

  constructor(
    private readonly document: ProgrammeDocument,
    private readonly callers: Callers,
  ) {}

  /** Plays stories side by side, as the clock only goes forward; what each step of each came to. */
  async play(stories: readonly Story[]): Promise<Measured[][]> {
    const measured: Measured[][] = stories.map(() => []);
    const steps = stories
      .flatMap((story, no) =>
        numbered(this.document, story).map((each, place) => ({ ...each, no, place })),
      )
      .sort((a, b) => a.at - b.at || a.no - b.no || a.place - b.place);
    for (const { step, at, seq, no } of steps) {
      if (step.kind === 'give') this.given += 1;
      // A request takes its time, and what waits a day for the one before has to wait for that too.
      if (step.kind !== 'wait')
        await this.to(at + (step.kind === 'give' ? this.given * SECOND_MS : 0));
      measured[no]?.push(await this.take(step, { no, at, seq, story: stories[no] ?? [] }));
    }
    return measured;
  }

  /** The tier that somebody of a story is in. */
  async tierOf(no: number, who: string): Promise<string> {
    const { id } = this.person(no, who);
    const own = await this.callers.shop.asMember(id);
    return expected(await own.get<{ tier: { code: string } }>('/v1/me/standing'), 200).tier.code;
  }

  private async to(at: number): Promise<void> {
    if (at > this.at) this.at = await this.callers.clock.to(at);
  }

  private person(no: number, who: string): Person {
    const found = this.people.get(`${String(no)} ${who}`);
    if (found === undefined) throw new Error(`${who} joins before anything else.`);
    return found;
  }

  private async take(step: Step, told: Told): Promise<Measured> {
    const nothing = { step, points: 0, received: 0, money: 0, worth: 0, refused: undefined };
    if (step.kind === 'wait') return nothing;
    if (step.kind === 'sell-on') return { ...nothing, money: -step.back };
    if (step.kind === 'enrol') {
      await this.enrol(step, told);
      return nothing;
    }
    if (step.kind === 'buy' || step.kind === 'do') await this.say(step.who, step.how, told);
    const answer = await this.send(step, told);
    if (answer.status >= 400) return { ...nothing, refused: problem(answer).code };
    const changes = await this.changed(told.no);
    const points = [...changes.values()].reduce((total, change) => total + change, 0);
    const received = step.kind === 'give' ? (changes.get(step.to) ?? 0) : 0;
    return { ...nothing, points, received, ...this.moved(step, told, answer) };
  }

  /** What moved beside points. */
  private moved(step: Step, { no }: Told, answer: Answer): { money?: number; worth?: number } {
    if (step.kind === 'buy') {
      this.paid.set(`${String(no)} ${step.who} ${idOf(answer)}`, step.amount);
      return { money: step.amount };
    }
    if (step.kind === 'return') {
      const purchase = this.purchases.get(`${String(no)} ${step.who} ${String(step.purchase)}`);
      return { money: -(this.paid.get(`${String(no)} ${step.who} ${purchase ?? ''}`) ?? NaN) };
    }
    if (step.kind !== 'redeem') return {};
    const reward = this.document.rewards.find(({ code }) => code === step.reward);
    return { worth: reward?.value.amount ?? NaN };
  }

  /** By how much the points of everybody in a story have changed. */
  private async changed(no: number): Promise<Map<string, number>> {
    const changes = new Map<string, number>();
    for (const [key, person] of this.people) {
      if (!key.startsWith(`${String(no)} `)) continue;
      const { available, pending, held, owed } = await this.callers.shop.balance(person.id);
      const points = available + pending + held - owed;
      changes.set(key.slice(`${String(no)} `.length), points - person.points);
      person.points = points;
    }
    return changes;
  }

  private async enrol(step: Extract<Step, { kind: 'enrol' }>, told: Told): Promise<void> {
    const { shop } = this.callers;
    const referrer = step.friendOf === undefined ? undefined : this.person(told.no, step.friendOf);
    const referralCode = referrer && (await this.codeOf(referrer));
    const id = await shop.enrol({
      consent: { ...consent(), at: new Date(told.at).toISOString() },
      ...(referralCode !== undefined && { referralCode }),
    });
    const enrolledAt = await this.callers.clock.now();
    this.people.set(`${String(told.no)} ${step.who}`, { id, points: 0, enrolledAt });
  }

  /** The member says of themselves what the step asks for. */
  private async say(who: string, { persona, birthday }: Circumstances, told: Told): Promise<void> {
    const person = this.person(told.no, who);
    const { month } = localDate(this.document.identity.timeZone, told.at);
    const said = JSON.stringify({
      ...(persona !== undefined && { persona }),
      ...(birthday === true && { birthMonth: month }),
    });
    if (said === '{}' || said === person.said) return;
    person.said = said;
    const own = await this.own(person.id, ['me:read', 'me:write']);
    expected(await own.send('PATCH', '/v1/me/preferences', said), 200);
  }

  private async own(id: string, scopes: readonly string[]): Promise<Api> {
    const { shop } = this.callers;
    const answer = await shop.post<{ token: string }>(`/v1/members/${id}/tokens`, { scopes });
    return shop.as(expected(answer, 201).token);
  }

  private async codeOf(person: Person): Promise<string> {
    const own = await this.callers.shop.asMember(person.id);
    person.referralCode ??= expected(await own.get<{ code: string }>('/v1/me/referrals'), 200).code;
    return person.referralCode;
  }

  private async send(step: Acted, told: Told): Promise<Answer> {
    const { shop, staff, run } = this.callers;
    const member = { id: this.person(told.no, step.who).id };
    const { enrolledAt } = this.person(told.no, step.who);
    const occurredAt = new Date(Math.max(told.at, enrolledAt)).toISOString();
    switch (step.kind) {
      case 'grant': {
        const until = new Date(told.at + GRANT_DAYS * DAY_MS).toISOString().slice(0, 10);
        const reason = this.document.staff?.reasons[0]?.code ?? 'goodwill';
        return staff.post(`/v1/members/${member.id}/grants`, { tier: step.tier, until, reason });
      }
      case 'buy': {
        const answer = await shop.post('/v1/purchases', {
          ...{ member, reference: randomUUID(), occurredAt },
          ...this.basketOf(step),
        });
        this.purchases.set(`${String(told.no)} ${step.who} ${String(told.seq)}`, idOf(answer));
        return answer;
      }
      case 'do': {
        const { activity: kind, value, meter, how } = step;
        const { location, channel } = how;
        const what = { kind, ...(value > 0 && { value }), ...meter, location, channel };
        return shop.post('/v1/activities', {
          member,
          reference: randomUUID(),
          occurredAt,
          ...what,
        });
      }
      case 'return': {
        const purchase = this.purchases.get(
          `${String(told.no)} ${step.who} ${String(step.purchase)}`,
        );
        return shop.post(`/v1/purchases/${purchase ?? ''}/returns`, { occurredAt });
      }
      case 'redeem': {
        const held = await shop.hold(member.id, {}, step.reward);
        return held.status >= 400 ? held : shop.end('capture', idOf(held));
      }
      case 'coupon':
        return shop.post('/v1/coupons/redeem', { member, code: await this.coupon(step.coupon) });
      case 'give': {
        const own = await this.own(member.id, ['me:read', 'me:transfer']);
        const to = { id: this.person(told.no, step.to).id };
        return own.post('/v1/me/transfers', { member: to, points: step.points });
      }
      case 'refer':
        await run('referral-payments');
        return shop.get(`/v1/members/${member.id}/balance`);
      case 'expire':
        await run('point-expiry');
        return shop.get(`/v1/members/${member.id}/balance`);
      case 'lapse':
        await run('voucher-lapses');
        return shop.get(`/v1/members/${member.id}/balance`);
      case 'see': {
        await run('expiry-notices');
        const own = await this.own(member.id, ['me:read']);
        return own.get('/v1/me/balance');
      }
      case 'convert':
        return this.convert(step, member.id);
      case 'bring': {
        const agreement = { act: 'pressed_button', channel: 'app', at: occurredAt };
        const { currency, units } = step;
        const body = { member, currency, units, reference: randomUUID(), agreement };
        return (await this.partner(currency)).post('/v1/conversions/in', body);
      }
    }
  }

  /** The member asks for it, and the partner confirms. */
  private async convert(
    { currency, points }: Extract<Step, { kind: 'convert' }>,
    id: string,
  ): Promise<Answer> {
    const own = await this.own(id, ['me:read', 'me:convert']);
    const held = await own.post('/v1/me/conversions', { currency, points });
    if (held.status >= 400) return held;
    const path = `/v1/conversions/${idOf(held)}/confirm`;
    return (await this.partner(currency)).post(path, { reference: randomUUID() });
  }

  /** The partner whose currency it is, with a key of its own. */
  private async partner(currency: string): Promise<Api> {
    const { staff, shop } = this.callers;
    const found = this.document.conversions?.find(({ code }) => code === currency);
    const retailer = found?.partner ?? '';
    const asked = { retailer, retailerKind: 'partner', scopes: ['points:convert'] };
    const key = await staff.post<{ key: string }>('/v1/keys', asked);
    return shop.as(expected(key, 201).key);
  }

  private basketOf({ category, amount, how }: Extract<Step, { kind: 'buy' }>): object {
    const { currency } = this.document.identity;
    const { sku, brand, tender, location, channel }: Circumstances = how;
    const line = { category, amount, quantity: piecesOf(amount, how), sku, brand };
    const tenders = tender === undefined ? undefined : [{ kind: tender, amount }];
    return { total: { amount, currency }, lines: [line], tenders, location, channel };
  }

  private async coupon(coupon: string): Promise<string> {
    const { staff } = this.callers;
    const response = await fetch(`${staff.url}/v1/coupons/batches`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${staff.credential ?? ''}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ reference: randomUUID(), coupon, count: 1 }),
    });
    return (JSON.parse(await response.text()) as { code: string }).code;
  }
}

type Acted = Exclude<Step, { kind: 'wait' | 'sell-on' | 'enrol' }>;

interface Told {
  /** Number of the story. */
  no: number;
  at: number;
  seq: number | undefined;
  story: Story;
}

/** The id of a purchase or a redemption that was answered. */
function idOf({ body }: Answer): string {
  const { purchase, id } = body as { purchase?: string; id?: string };
  return purchase ?? id ?? '';
}

/** Steps with the numbers that the audit's world gave their purchases, by which returns go. */
function numbered(
  document: ProgrammeDocument,
  story: Story,
): { step: Step; at: number; seq: number | undefined }[] {
  const world = new World(compileProgramme(document, { no: 1, effectiveAt: 0 }), story[0]?.at ?? 0);
  return story.map(({ step }) => {
    const { at, seq } = world.take(step);
    return { step, at, seq };
  });
}
