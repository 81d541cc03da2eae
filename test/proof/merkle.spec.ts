import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { MerkleTree } from '../../src/ledger/proof/merkle.js';

const sha = (...parts: (string | Buffer)[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** RFC 6962 as it is written: split at the largest power of two below the number of leaves. */
function rootOf(leaves: readonly string[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha('');
  if (leaves.length === 1) return sha('\0', first);
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha('\x01', rootOf(leaves.slice(0, half)), rootOf(leaves.slice(half)));
}

function treeOf(leaves: readonly string[]): MerkleTree {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree;
}

describe('the Merkle tree', () => {
  it('L9: has the root that RFC 6962 defines, for any number of leaves', () => {
    for (let size = 0; size < 70; size += 1) {
      const leaves = Array.from({ length: size }, (_, index) => `leaf ${String(index)}`);
      const tree = treeOf(leaves);
      expect([tree.size, tree.root()]).toEqual([size, rootOf(leaves).toString('hex')]);
    }
  });

  it('L9: has the published root of the seven leaves of the transparency log tests', () => {
    const leaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'];
    const tree = treeOf(leaves.map((hex) => Buffer.from(hex, 'hex').toString('latin1')));
    expect(tree.root()).toBe('ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c');
  });

  it('L9: has another root when a leaf is changed, lost, added or moved', () => {
    const leaf = fc.string({ minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(leaf, { maxLength: 12 }), fc.array(leaf, { maxLength: 12 }), (a, b) => {
        expect(treeOf(a).root() === treeOf(b).root()).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });
});
