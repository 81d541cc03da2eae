/** Points that become a partner's currency in the golden files, and units that become points. */
import { act } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import type { State } from '../../src/rules/state.js';
import { memberOf, versionsOf } from '../support/state.js';

export interface Converting {
  /** Points that become units of a currency, and what the partner says to it; `yes` when left out. */
  converts?: { to: string; points: number; partner?: 'yes' | 'no' | 'silent' };
  /** Units of a currency, brought to its partner. */
  brings?: { of: string; units: number };
}

/** What a step converts; undefined = it does something else. */
export function convert(
  programme: Programme,
  state: State,
  { converts, brings }: Converting,
  at: number,
): Outcome | undefined {
  if (brings !== undefined) {
    const { of: currency, units } = brings;
    const retailer = programme.conversions.get(currency)?.partner ?? 'nobody';
    return act(programme, state, { kind: 'convert_in', at, retailer, currency, units });
  }
  if (converts === undefined) return undefined;
  const { to: currency, points, partner = 'yes' } = converts;
  const action = { kind: 'convert_out', at, retailer: 'shop', currency, points } as const;
  const held = act(programme, state, action);
  if (held.refusal !== undefined || partner === 'silent') return held;
  const kind = partner === 'yes' ? 'capture' : 'release';
  const redemption = memberOf(held).version;
  const versions = versionsOf(programme);
  return act(programme, held.state, { kind, at, redemption, versions });
}
