/**
 * The root of a Merkle tree as RFC 6962 builds it: a leaf is hashed behind a zero byte, a node
 * behind a one, so that neither can be taken for the other.
 */
import { createHash } from 'node:crypto';

const sha256 = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/** Takes leaves in their order and keeps one hash per power of two, however many there are. */
export class MerkleTree {
  private readonly peaks: { leaves: number; hash: Buffer }[] = [];

  /** How many leaves it has taken. */
  get size(): number {
    return this.peaks.reduce((sum, { leaves }) => sum + leaves, 0);
  }

  add(leaf: string): void {
    let node = { leaves: 1, hash: sha256('\0', leaf) };
    for (let last = this.peaks.at(-1); last?.leaves === node.leaves; last = this.peaks.at(-1)) {
      this.peaks.pop();
      node = { leaves: node.leaves * 2, hash: sha256('\x01', last.hash, node.hash) };
    }
    this.peaks.push(node);
  }

  /** Hex; of no leaves the hash of nothing. */
  root(): string {
    const [last, ...others] = [...this.peaks].reverse();
    if (last === undefined) return sha256('').toString('hex');
    return others
      .reduce((right, left) => sha256('\x01', left.hash, right), last.hash)
      .toString('hex');
  }
}
