import { SingleBar } from 'cli-progress';

/** A line at most this often where there is no terminal, so that logs stay short. */
const LINE_EVERY_MS = 5_000;

/** A bar on a terminal, plain lines otherwise; both on stderr, so that stdout stays data. */
export class Progress {
  private readonly bar: SingleBar | undefined;
  private saidAt = Date.now();

  constructor(
    private readonly label: string,
    private total: number,
    private readonly unit: string,
  ) {
    if (!process.stderr.isTTY) return;
    const format = `${label} {bar} {percentage}% {value}/{total} ${unit}, {eta_formatted} left`;
    this.bar = new SingleBar({ format, stream: process.stderr, clearOnComplete: true });
    this.bar.start(total, 0);
  }

  update(done: number, total = this.total): void {
    this.total = total;
    if (this.bar !== undefined) {
      this.bar.setTotal(total);
      this.bar.update(done);
      return;
    }
    const now = Date.now();
    if (now - this.saidAt < LINE_EVERY_MS) return;
    this.saidAt = now;
    process.stderr.write(`${this.label}: ${String(done)} of ${String(total)} ${this.unit}\n`);
  }

  stop(): void {
    this.bar?.stop();
  }
}
