/** What an audit says. Money is in minor units of the programme's currency. */
import type { Step } from './world/step.js';

/** Checks, by what they look for; `incentives/README.md` says when each finds something. */
export const checks = [
  'PUMP',
  'DEBT',
  'FARM',
  'GIVEBACK',
  'STACK',
  'BOUNDED',
  'COUNT',
  'SPLIT',
  'MERGE',
  'ORDER',
  'REVERSAL',
  'TIERFREE',
  'NOHARM',
  'HARM',
  'VOLUME',
  'CLIFF',
  'MONO',
  'TIERMONO',
  'POOL',
  'EXPIRY',
  'PARTNER',
  'REACH',
  'UNREACHABLE',
  'SLACKCAP',
] as const;

export type Check = (typeof checks)[number];

export const severities = ['critical', 'high', 'medium', 'low'] as const;
export type Severity = (typeof severities)[number];

/** How sure it is: played on the core, read in the document, or seen in none of the cases tried. */
export type Claim = 'replayed' | 'static' | 'sampled';

export interface Gain {
  /** What is taken, or lost, by the witness. */
  minor: number;
  /** Whether it can be had again and again, in every year, or once. */
  growth: 'repeatable' | 'per_year' | 'once';
}

/** A step of a witness, and what it came to on the core. */
export interface WitnessStep {
  step: Step;
  at: number;
  /** Points, to a billionth. */
  points: number;
  /** Money paid; negative = came back. */
  money: number;
  /** What rewards were worth. */
  worth: number;
  refused: string | undefined;
  rules: string[];
}

/** What members do from the first enrolment on; done again on the core it comes to the same. */
export type Story = readonly WitnessStep[];

export interface Found {
  check: Check;
  severity: Severity;
  claim: Claim;
  /** Rules, offers, tiers, rewards or other parts it is about, by their codes. */
  about: string[];
  /** JSON pointer to what can be changed. */
  pointer: string;
  title: string;
  /** Two sentences: what a member does, and what it costs. */
  explanation: string;
  gain: Gain;
  /** One story, or several of which the difference counts; none where nothing is played. */
  witness: readonly Story[];
  /** Whether it is played by the rules alone, without offers. */
  rulesAlone?: true;
}

export interface Finding extends Found {
  /** Stays the same from run to run as long as check and parts do. */
  id: string;
}

/** A finding with its name: a hash of its check and of the parts it is about. */
export function named(found: Found): Finding {
  const text = [found.check, ...[...found.about].sort()].join(' ');
  return { ...found, id: `${found.check}-${hashOf(text)}` };
}

/** FNV-1a of 32 bits in hexadecimal. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
