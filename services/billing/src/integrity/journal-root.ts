import type { LocalDate } from '@tenor/calendar';
import { type Hash, leafHash, type MerkleTree, merkleTree } from './merkle-tree.ts';

/** Where a loan's journal stood: its last row then. */
export interface JournalHead {
  readonly customerId: string;
  readonly loanId: string;
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
}

/** A head that was kept when the root of its day was made. */
export interface KeptHead extends JournalHead {
  readonly day: LocalDate;
}

/** What a day's root says of all journals. */
export interface JournalRoot {
  readonly day: LocalDate;
  /** All that was recorded until then is in it; RFC 3339 in UTC. */
  readonly knownAt: string;
  readonly loans: number;
  /** Hex. */
  readonly root: string;
  /** Signature of the day before; null for the first. */
  readonly previousSignature: string | null;
}

export interface SignedRoot extends JournalRoot {
  /** Ed25519, base64url. */
  readonly publicKey: string;
  readonly signature: string;
}

/** The text that is signed: RFC 8785 of what the event says, but key and signature. None of the values needs an escape. */
export function signedText({ day, knownAt, loans, previousSignature, root }: JournalRoot): string {
  const previous = previousSignature === null ? 'null' : `"${previousSignature}"`;
  return `{"day":"${day}","known_at":"${knownAt}","loans":${loans},"previous_signature":${previous},"root":"${root}"}`;
}

/** Leaf of a head: the hash of its RFC 8785 text. */
export function headLeaf(hash: Hash, { customerId, loanId, seq, hash: head }: JournalHead): Uint8Array {
  const text = `{"customer_id":"${customerId}","hash":"${head}","loan_id":"${loanId}","seq":${seq}}`;
  return leafHash(hash, new TextEncoder().encode(text));
}

export const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Trees of several days that grow together, loan by loan. */
export interface DayTrees {
  /** One loan's kept heads by day; loans come in the order of their ids. */
  add(kept: readonly KeptHead[]): void;
  of(day: LocalDate): { readonly root: string; readonly loans: number };
}

/** A tree for each of these days, whose leaf of a loan is the newest head kept by then. */
export function dayTrees(hash: Hash, days: readonly LocalDate[]): DayTrees {
  const trees = new Map(days.map((day) => [day, merkleTree(hash)]));
  return {
    add(kept) {
      const leaves = kept.map((head) => ({ day: head.day, leaf: headLeaf(hash, head) }));
      for (const [day, tree] of trees) {
        const newest = leaves.findLast((each) => each.day <= day);
        if (newest !== undefined) tree.add(newest.leaf);
      }
    },
    of(day) {
      const tree: MerkleTree = trees.get(day) ?? merkleTree(hash);
      return { root: hex(tree.root()), loans: tree.leaves };
    },
  };
}
