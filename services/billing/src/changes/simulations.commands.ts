import type { Refusal } from '@tenor/contracts';
import { type Database, isRefusal, newId, type Sql } from '@tenor/service-kit';
import { databaseClock } from '../loans/database-clock.store.ts';
import { loadEvents } from '../loans/journal.store.ts';
import { fold } from '../loans/loan.ts';
import { type Position, stamp } from '../loans/loan-book.ts';
import { findLoanKey } from '../loans/loan-reads.store.ts';
import { type LoanView, noLoan, type Viewing } from '../loans/loan-views.store.ts';
import { loadLoans } from '../loans/loans.store.ts';
import { aged } from '../penalties/passing-days.ts';
import type { DecideSimulated } from './simulated-requests.commands.ts';

/**
 * The loan as the change would leave it: decided as it would be, and folded from the journal with what would be
 * recorded. Only reads. Refuses `not_found`, and what the decision refuses.
 */
export function simulateChange(
  database: Database,
  service: Viewing & { readonly actor: string },
  loanId: string,
  decide: DecideSimulated,
): Promise<LoanView | Refusal> {
  return database.transaction((sql) => simulated(sql, service, loanId, decide));
}

async function simulated(
  sql: Sql,
  { today, actor }: Viewing & { readonly actor: string },
  loanId: string,
  decide: DecideSimulated,
): Promise<LoanView | Refusal> {
  const key = await findLoanKey(sql, loanId);
  if (key === undefined) return noLoan(loanId);
  const [stored] = await loadLoans(sql, [key]);
  if (stored === undefined) return noLoan(loanId);
  const events = [...((await loadEvents(sql, [key])).get(key.loanId) ?? [])];
  const businessDate = today(stored.state.policy.timeZone);
  const decided = await decide(stored.state, { businessDate }, async () => events);
  if (isRefusal(decided)) return decided;
  const now = await databaseClock(sql);
  let last: Position = stored.head;
  for (const draft of [decided].flat()) {
    const event = stamp(draft, last, { now, actor, id: newId() });
    events.push(event);
    last = event;
  }
  const folded = fold(events);
  if (folded === undefined) throw new Error(`The journal of loan ${loanId} does not fold`);
  return { state: aged(folded.state, businessDate), asOf: businessDate, knownAt: last.recordedAt };
}
