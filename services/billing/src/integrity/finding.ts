import type { LocalDate } from '@tenor/calendar';
import type { JournalRoot, KeptHead, SignedRoot } from './journal-root.ts';

/** What can be wrong, by name. */
export const findingNames = [
  'row_changed',
  'row_deleted',
  'row_added',
  'last_row_deleted',
  'chain_recomputed',
  'loan_deleted',
  'projection_differs',
  'ledger_differs',
  'root_signature_invalid',
  'root_differs',
  'root_deleted',
] as const;
export type FindingName = (typeof findingNames)[number];

export interface Finding {
  readonly name: FindingName;
  /** Null where it is about a day's root. */
  readonly loanId: string | null;
  /** Journal row that it begins at. */
  readonly seq: number | null;
  /** Day of the signed root that shows it. */
  readonly day: LocalDate | null;
}

/** A journal row and the hash that its own content gives. */
export interface CheckedRow {
  readonly seq: number;
  readonly prevHash: string;
  readonly hash: string;
  readonly computedHash: string;
}

/** One loan's journal in the order of `seq`, and what it is held against. */
export interface Chain {
  readonly loanId: string;
  readonly rows: readonly CheckedRow[];
  /** The end of the chain by the loan's row. */
  readonly head: { readonly seq: number; readonly hash: string };
  /** Heads kept with the signed roots, oldest first. */
  readonly kept: readonly KeptHead[];
  /** `prev_hash` of a first row. */
  readonly origin: string;
}

/**
 * What is wrong with a chain; nothing when it is whole. Rows that do not fit together come first. A whole chain that is
 * not the one of a signed root was recomputed; one that is shorter than its head or than a signed root has lost its end.
 */
export function chainFindings(chain: Chain): Finding[] {
  const unfit = unfitRows(chain);
  if (unfit.length > 0) return unfit;
  const { loanId, rows, head, kept } = chain;
  const lastSeq = rows.at(-1)?.seq ?? 0;
  const other = kept.find(({ seq, hash }) => seq <= lastSeq && rows[seq - 1]?.hash !== hash);
  if (other !== undefined) return [{ name: 'chain_recomputed', loanId, seq: other.seq, day: other.day }];
  const lost = kept.find(({ seq }) => seq > lastSeq);
  if (lost !== undefined || lastSeq < head.seq) {
    return [{ name: 'last_row_deleted', loanId, seq: lastSeq + 1, day: lost?.day ?? null }];
  }
  if (lastSeq > head.seq) return [{ name: 'row_added', loanId, seq: head.seq + 1, day: null }];
  return rows.at(-1)?.hash === head.hash ? [] : [{ name: 'row_changed', loanId, seq: lastSeq, day: null }];
}

/** Rows whose content is not what was hashed, that the next row does not follow from, or that are missing between two. */
function unfitRows({ loanId, rows, origin }: Chain): Finding[] {
  const findings: Finding[] = [];
  let [previousSeq, previousHash] = [0, origin];
  for (const { seq, prevHash, hash, computedHash } of rows) {
    const at = (name: FindingName, row: number): void => void findings.push({ name, loanId, seq: row, day: null });
    if (seq !== previousSeq + 1) at('row_deleted', previousSeq + 1);
    else if (computedHash !== hash) at('row_changed', seq);
    else if (prevHash !== previousHash) at('row_changed', Math.max(previousSeq, 1));
    [previousSeq, previousHash] = [seq, hash];
  }
  return findings;
}

/**
 * What is wrong with the signed roots in the order of their days. `isTrusted` says whether a key that we trust signed
 * one; `made` is the root that the kept heads give for a day.
 */
export function rootFindings(
  roots: readonly SignedRoot[],
  isTrusted: (root: SignedRoot) => boolean,
  made: (day: LocalDate) => Pick<JournalRoot, 'root' | 'loans'>,
): Finding[] {
  const known = new Set<string | null>([null]);
  return roots.flatMap((signed) => {
    const { day, root, loans, previousSignature, signature } = signed;
    const again = made(day);
    const faults: [FindingName, boolean][] = [
      ['root_signature_invalid', !isTrusted(signed)],
      ['root_differs', again.root !== root || again.loans !== loans],
      ['root_deleted', !known.has(previousSignature)],
    ];
    known.add(signature);
    return faults.flatMap(([name, isSo]) => (isSo ? [{ name, loanId: null, seq: null, day }] : []));
  });
}
