/** Law P143: what is watched is watched once, and an hour that does less than its day is none. */
import type { ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';

export function velocityGuards({ guards }: ProgrammeDocument): Finding[] {
  const velocity = guards?.velocity ?? [];
  return velocity.flatMap(({ counts, per, most, holdHours }, place): Finding[] => {
    const pointer = `/guards/velocity/${String(place)}`;
    const same = velocity.findIndex((each) => each.counts === counts && each.per === per);
    if (same !== place) {
      const detail = `${counts} of one ${per} are watched twice.`;
      return [{ code: 'duplicate_guard', pointer, detail }];
    }
    const day = velocity.find((each) => each.counts === counts && each.per === 'day');
    if (per === 'day' || day === undefined || day.most > most) return [];
    if (day.holdHours < holdHours) return [];
    const detail = `A day lets ${String(day.most)} ${counts} through, so an hour never has more.`;
    return [{ code: 'guard_never_acts', pointer: `${pointer}/most`, detail }];
  });
}
