/** A Merkle tree as RFC 6962 §2.1 builds it, over leaves that come one by one; it keeps one hash per level. */

/** A hash over these bytes, one after the other. */
export type Hash = (...parts: readonly Uint8Array[]) => Uint8Array;

export interface MerkleTree {
  /** The next leaf, as `leafHash` gives it. */
  add(leaf: Uint8Array): void;
  /** The root over the leaves so far; of none the hash of nothing. */
  root(): Uint8Array;
  readonly leaves: number;
}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The hash of a leaf's bytes, which differs from that of any inner node. */
export const leafHash = (hash: Hash, bytes: Uint8Array): Uint8Array => hash(LEAF, bytes);

export function merkleTree(hash: Hash): MerkleTree {
  const node = (left: Uint8Array, right: Uint8Array): Uint8Array => hash(NODE, left, right);
  /** At place n the root of a whole subtree of 2^n leaves, as the binary digits of the count say. */
  const levels: (Uint8Array | undefined)[] = [];
  let leaves = 0;
  return {
    add(leaf) {
      let carried = leaf;
      let level = 0;
      for (let left = levels[level]; left !== undefined; left = levels[level]) {
        carried = node(left, carried);
        levels[level] = undefined;
        level += 1;
      }
      levels[level] = carried;
      leaves += 1;
    },
    root() {
      const whole = levels.filter((subtree) => subtree !== undefined);
      const [smallest, ...larger] = whole;
      return smallest === undefined ? hash() : larger.reduce((right, left) => node(left, right), smallest);
    },
    get leaves() {
      return leaves;
    },
  };
}
