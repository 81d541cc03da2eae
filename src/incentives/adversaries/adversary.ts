/**
 * Members who want the most out of a programme, set on what somebody really did: each tells what such a
 * member would do instead, as happenings that are then put to `act`.
 */
import type { Bounds } from '../bounds.js';
import type { Check } from '../finding.js';
import type { Happening } from '../lives/events.js';
import type { Side } from '../lives/player.js';
import type { Window } from '../lives/recorded.js';
import type { Purchase } from '../../rules/purchase.js';

/** What adversaries know of the programme. */
export interface Ground {
  side: Side;
  bounds: Bounds;
  window: Window;
  /** Minor units that a point is worth. */
  worth: number;
  /** Codes of rewards, the best for a point first. */
  rewards: readonly { code: string; points: number }[];
  /** Goods that are sold on: a purchase that earns most, and the part of its price that comes back. */
  soldOn: { purchase: Purchase; amount: number; resale: number; at: number } | undefined;
}

/** What an adversary does. Money is in minor units, beyond what the member spends anyway. */
export interface Plot {
  happenings: readonly Happening[];
  /** What others or they themselves pay, and what stays. */
  money: number;
  /** What is lost by it. */
  cost: number;
}

export interface Adversary {
  name: AdversaryName;
  /** Checks of the audit whose witnesses do the like. */
  like: readonly Check[];
  /** Undefined = there is nothing in it for them. */
  plot: (happenings: readonly Happening[], ground: Ground) => Plot | undefined;
  /** How often a member has done the like already. */
  seen: (happenings: readonly Happening[], ground: Ground) => number;
}

export const adversaryNames = [
  'splitter',
  'returner',
  'looper',
  'ring',
  'runner',
  'insider',
] as const;
export type AdversaryName = (typeof adversaryNames)[number];

/** Numbers of what only adversaries do: no posting has such a one. */
export const PLOTTED = 1_000_000_000;

/** Happenings in the order in which they come; what is equally early stays as it was. */
export const inTime = (happenings: readonly Happening[]): Happening[] =>
  [...happenings].sort((a, b) => a.at - b.at);

export const totalOf = ({ lines }: Purchase): number =>
  lines.reduce((sum, { amount }) => sum + amount, 0);
