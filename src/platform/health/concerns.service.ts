import { Injectable } from '@nestjs/common';

/** What somebody should look at although requests are served; other modules add theirs. */
@Injectable()
export class Concerns {
  private readonly open = new Map<string, string>();

  /** A sentence without names of people; undefined = there is no concern any more. */
  set(about: string, concern: string | undefined): void {
    if (concern === undefined) this.open.delete(about);
    else this.open.set(about, concern);
  }

  all(): string[] {
    return [...this.open.values()].sort();
  }
}
