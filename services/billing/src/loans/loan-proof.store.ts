import { type Database, statement } from '@tenor/service-kit';
import { postingsOfLoan } from '../ledger/ledger.store.ts';
import { difference, postingsOf } from '../ledger/posting.ts';
import { type Head, isChainIntact, journalRows, toEvent } from './journal.store.ts';
import { fold, type LoanState } from './loan.ts';
import { findLoanKey } from './loan-reads.store.ts';
import { loadLoans } from './loans.store.ts';

export interface Proof {
  readonly chainVerified: boolean;
  readonly foldEqualsProjection: boolean;
  readonly ledgerEqualsFold: boolean;
  readonly events: number;
  readonly head: Head;
}

const oneSnapshot = statement('proof_snapshot', 'set transaction isolation level repeatable read, read only');

/** Folds the loan's journal and compares: chain with head, fold with projection, postings with ledger. In one snapshot. */
export async function proveLoan(database: Database, loanId: string): Promise<Proof | undefined> {
  return database.transaction(async (sql) => {
    await sql.query(oneSnapshot);
    const key = await findLoanKey(sql, loanId);
    if (key === undefined) return undefined;
    const [stored] = await loadLoans(sql, [key]);
    if (stored === undefined) return undefined;
    const rows = await journalRows(sql, [key]);
    const folded = fold(rows.map(toEvent));
    const postings = folded === undefined ? [] : postingsOf(folded.effects, folded.state);
    return {
      chainVerified: isChainIntact(rows, stored.head),
      foldEqualsProjection: folded !== undefined && isSameState(folded.state, stored.state),
      ledgerEqualsFold: difference(await postingsOfLoan(sql, key.customerId, loanId), postings).length === 0,
      events: rows.length,
      head: stored.head,
    };
  });
}

function isSameState(one: LoanState, other: LoanState): boolean {
  return textOf(one) === textOf(other);
}

/** The state as text that does not depend on the order of fields. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
