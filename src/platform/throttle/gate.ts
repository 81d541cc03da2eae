interface Lane {
  inside: number;
  readonly waiting: (() => void)[];
}

/** Lets so many pieces of work of one name be under way at once; the next ones wait their turn. */
export class Gate {
  private readonly lanes = new Map<string, Lane>();

  async pass<Answer>(name: string, width: number, work: () => Promise<Answer>): Promise<Answer> {
    const lane = this.lanes.get(name) ?? { inside: 0, waiting: [] };
    this.lanes.set(name, lane);
    if (lane.inside < width) lane.inside += 1;
    // Whoever leaves hands its place over, so that nobody comes in between.
    else await new Promise<void>((enter) => lane.waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = lane.waiting.shift();
      if (next === undefined) lane.inside -= 1;
      else next();
      if (lane.inside === 0) this.lanes.delete(name);
    }
  }
}
