import type { LocalDate } from '@tenor/calendar';
import { type Database, type Sql, statement } from '@tenor/service-kit';
import { postingsOfLoan } from '../ledger/ledger.store.ts';
import { difference } from '../ledger/posting.ts';
import {
  type Head,
  hashOf,
  type JournalRow,
  journalRows,
  type LoanKey,
  NO_HEAD,
  toEvents,
} from '../loans/journal.store.ts';
import { stages } from '../loans/loan.ts';
import { ledgerOf } from '../loans/loan-ledger.ts';
import { findLoanKey } from '../loans/loan-reads.store.ts';
import { type LoanSums, loadLoans, loadSums, sumsOf } from '../loans/loans.store.ts';
import type { StoredLoan } from '../loans/stored-loan.ts';
import { isStanding } from '../loans/watch.ts';
import { type CheckedRow, chainFindings, type Finding } from './finding.ts';
import type { KeptHead } from './journal-root.ts';
import { keptHeads, signedRoots } from './journal-roots.store.ts';
import type { RootTrust } from './root-trust.store.ts';

export interface Proof {
  readonly loanId: string;
  readonly chainVerified: boolean;
  /** False also where the chain is not verified, since there is nothing to fold then. */
  readonly foldEqualsProjection: boolean;
  readonly ledgerEqualsFold: boolean;
  readonly events: number;
  readonly head: Head;
  readonly findings: readonly Finding[];
}

export interface LoanProof extends Proof {
  /** The day whose signed root took in the newest events that a root holds of the loan. */
  readonly signedOn: LocalDate | null;
}

export const oneSnapshot = statement('proof_snapshot', 'set transaction isolation level repeatable read, read only');

/**
 * Proves one loan in one snapshot: its chain against its head and against the heads kept with the signed roots, its fold
 * against projection and ledger. The signatures of those roots are checked; that a root is made of the kept heads can
 * only be seen over all loans.
 */
export async function proveLoan(database: Database, trust: RootTrust, loanId: string): Promise<LoanProof | undefined> {
  return database.transaction(async (sql) => {
    await sql.query(oneSnapshot);
    const key = await findLoanKey(sql, loanId);
    if (key === undefined) return undefined;
    const kept = await keptHeads(sql, [key]);
    const [proof] = await proofsOf(sql, [key], kept);
    if (proof === undefined) return undefined;
    const roots = await signedRoots(
      sql,
      kept.map(({ day }) => day),
    );
    const unsigned = roots
      .filter((root) => !trust(root))
      .map(({ day }): Finding => ({ name: 'root_signature_invalid', loanId: null, seq: null, day }));
    return { ...proof, findings: [...proof.findings, ...unsigned], signedOn: roots.at(-1)?.day ?? null };
  });
}

/** Proves these loans by what the transaction sees; `kept` are their heads as they were kept. */
export async function proofsOf(sql: Sql, keys: readonly LoanKey[], kept: readonly KeptHead[]): Promise<Proof[]> {
  const [loans, sums, rows] = await Promise.all([loadLoans(sql, keys), loadSums(sql, keys), journalRows(sql, keys)]);
  const rowsOf = Map.groupBy(rows, (row) => row.loan_id);
  const keptOf = Map.groupBy(kept, ({ loanId }) => loanId);
  return Promise.all(
    loans.map((stored) => {
      const { loanId } = stored.state;
      const row = { ...stored, sums: sums.get(loanId) };
      return proofOf(sql, row, rowsOf.get(loanId) ?? [], keptOf.get(loanId) ?? []);
    }),
  );
}

async function proofOf(
  sql: Sql,
  { state, head, bookedThrough, sums, ...standing }: StoredLoan & { readonly sums: LoanSums | undefined },
  rows: readonly JournalRow[],
  kept: readonly KeptHead[],
): Promise<Proof> {
  const { loanId, customerId } = state;
  const chain = { loanId, rows: rows.map(checked), head, kept, origin: NO_HEAD.hash };
  const findings = chainFindings(chain);
  const about = { loanId, events: rows.length, head };
  if (findings.length > 0) {
    return { ...about, chainVerified: false, foldEqualsProjection: false, ledgerEqualsFold: false, findings };
  }
  const folded = stages(rows.flatMap(toEvents));
  const last = folded.at(-1);
  const foldEqualsProjection =
    last !== undefined &&
    textOf(last.state) === textOf(state) &&
    textOf(sumsOf(last.state)) === textOf(sums) &&
    isStanding(last.state, standing) &&
    rows.at(-1)?.recorded_at === head.recordedAt;
  const booked = await postingsOfLoan(sql, customerId, loanId);
  const ledgerEqualsFold = difference(booked, ledgerOf(folded, bookedThrough)).length === 0;
  const differs = (name: Finding['name'], isSo: boolean): Finding[] =>
    isSo ? [{ name, loanId, seq: null, day: null }] : [];
  return {
    ...about,
    chainVerified: true,
    foldEqualsProjection,
    ledgerEqualsFold,
    findings: [
      ...differs('projection_differs', !foldEqualsProjection),
      ...differs('ledger_differs', !ledgerEqualsFold),
    ],
  };
}

function checked(row: JournalRow): CheckedRow {
  return { seq: row.seq, prevHash: row.prev_hash, hash: row.hash, computedHash: hashOf(row) };
}

/** State or sums as text that does not depend on the order of fields. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
