/**
 * Where purchases are tried out on the core: members of each tier who have done nothing of late, and
 * the circumstances in which they get most.
 */
import { compileProgramme } from '../../programmes/compile.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import { withOffersAsRules } from '../../programmes/offers/as-rules.js';
import { DAY_MS } from '../../rules/period.js';
import type { Programme } from '../../rules/programme.js';
import { boundsOf, type Bounds } from '../bounds.js';
import { World } from '../world/world.js';
import type { Circumstances, Done } from '../world/step.js';
import { worthOf, type Worth } from '../worth.js';
import { domainOf, type Domain } from './domain.js';
import { narrowedTo, type Narrowed } from './narrowed.js';
import { breakPoints, sizesOf } from './sizes.js';

/** How long before anything is tried somebody joined at least, and was given a tier. */
const JOINED_DAYS = 60;
const GRANTED_DAYS = 2;
/** Between purchases that only count, so that no cap of a month is touched twice. */
const BETWEEN_DAYS = 40;

/** A purchase in the circumstances in which it earns most, as far as was found. */
export interface Probe {
  category: string;
  amount: number;
  how: Circumstances;
}

export class Bench {
  readonly programme: Programme;
  readonly bounds: Bounds;
  readonly worth: Worth;
  readonly domain: Domain;
  readonly sizes: readonly number[];
  readonly breaks: readonly number[];
  /** Categories that earn. */
  readonly categories: readonly string[];
  /** Ids of rules that have paid somebody. */
  readonly paid = new Set<string>();
  /** How many purchases were tried. */
  tried = 0;
  private readonly ready = new Map<string, World>();
  private readonly known = new Map<string, Done>();
  private readonly narrowed = new Map<string, Narrowed>();

  constructor(
    readonly document: ProgrammeDocument,
    readonly at: number,
  ) {
    this.programme = compileProgramme(document, { no: 1, effectiveAt: 0 });
    this.bounds = boundsOf(document);
    this.worth = worthOf(document);
    this.domain = domainOf(document, at);
    this.sizes = sizesOf(document, this.bounds.largestBasket);
    this.breaks = breakPoints(document, this.bounds.largestBasket);
    this.categories = document.categories
      .filter(({ treatment }) => treatment === 'earns')
      .map(({ code }) => code);
  }

  get tiers(): readonly string[] {
    return this.document.tiers.map(({ code }) => code);
  }

  get topTier(): string {
    return this.tiers.at(-1) ?? '';
  }

  /** Every rule and offer, in the words of the document. */
  get rules(): readonly ProgrammeDocument['earningRules'][number][] {
    return withOffersAsRules(this.document).earningRules;
  }

  /** A world with `me` in it, of a tier, who buys next in these circumstances. */
  world(tier: string, how: Circumstances): World {
    const { ordinal = 1, silentDays = 0 } = how;
    const key = [tier, how.at, ordinal, silentDays].join(' ');
    const known = this.ready.get(key) ?? this.prepared(tier, how);
    this.ready.set(key, known);
    return known.fork();
  }

  private prepared(tier: string, { at, ordinal = 1, silentDays = 0 }: Circumstances): World {
    const before = Math.max(ordinal - 1, silentDays > 0 ? 1 : 0);
    const last = silentDays > 0 ? silentDays + 1 : BETWEEN_DAYS;
    const joined = JOINED_DAYS + (before === 0 ? 0 : last + before * BETWEEN_DAYS);
    const world = new World(this.programme, at - joined * DAY_MS);
    world.take({ kind: 'enrol', who: 'me' });
    const amount = Math.max(this.programme.countedMinor ?? 0, 1);
    for (let n = before - 1; n >= 0; n -= 1) {
      world.take({ kind: 'wait', until: at - (last + n * BETWEEN_DAYS) * DAY_MS });
      const category = this.categories[0] ?? '';
      world.take({ kind: 'buy', who: 'me', category, amount, how: { at: world.now } });
    }
    world.take({ kind: 'wait', until: at - GRANTED_DAYS * DAY_MS });
    if (tier !== this.tiers[0]) world.take({ kind: 'grant', who: 'me', tier });
    world.take({ kind: 'wait', until: at });
    return world;
  }

  /** What a member of a tier who does nothing else gets for a purchase; done once. */
  buy(tier: string, { category, amount, how }: Probe): Done {
    const key = JSON.stringify([tier, category, amount, how]);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const world = this.worldFor(category, tier, how);
    const done = this.count(world.take({ kind: 'buy', who: 'me', category, amount, how }));
    this.known.set(key, done);
    return done;
  }

  /** A world for purchases of one category alone, in which rules about others are left out. */
  worldFor(category: string, tier: string, how: Circumstances): World {
    return this.world(tier, how).fork(this.narrowedTo(category).programme);
  }

  /** What matters to purchases of one category. */
  narrowedTo(category: string): Narrowed {
    const { document, at, bounds } = this;
    const made = (): Narrowed => narrowedTo(document, { at, category, ...bounds });
    const known = this.narrowed.get(category) ?? made();
    this.narrowed.set(category, known);
    return known;
  }

  /** Points of a purchase. */
  points(tier: string, probe: Probe): number {
    return Number(this.buy(tier, probe).billionths) / 1e9;
  }

  count(done: Done): Done {
    this.tried += 1;
    for (const id of done.rules.keys()) this.paid.add(id);
    return done;
  }

  /** The purchase in the circumstances, dimension by dimension, in which it earns most. */
  best(tier: string, start: Probe, sweeps = 2): Probe {
    let probe = start;
    let most = this.points(tier, probe);
    for (let sweep = 0; sweep < sweeps; sweep += 1) {
      const before = most;
      for (const turns of this.narrowedTo(start.category).domain.dimensions) {
        for (const turn of turns) {
          const other = { ...probe, how: { ...probe.how, ...turn } };
          const points = this.points(tier, other);
          if (points > most) [probe, most] = [other, points];
        }
      }
      if (most === before) break;
    }
    return probe;
  }
}
