import type { Refusal } from '@tenor/contracts';
import { type Database, isRefusal, newId, type Sql } from '@tenor/service-kit';
import { databaseClock } from '../loans/database-clock.store.ts';
import { loadEvents } from '../loans/journal.store.ts';
import { fold } from '../loans/loan.ts';
import { stamp } from '../loans/loan-book.ts';
import { findLoanKey } from '../loans/loan-reads.store.ts';
import { type LoanView, noLoan, type Viewing } from '../loans/loan-views.store.ts';
import { loadLoans } from '../loans/loans.store.ts';
import { aged } from '../penalties/passing-days.ts';
import type { DecideChange } from './changes.commands.ts';

/**
 * The loan as the change would leave it: decided as it would be, and folded from the journal with the event that would
 * be recorded. Only reads. Refuses `not_found`, and what the decision refuses.
 */
export function simulateChange(
  database: Database,
  service: Viewing & { readonly actor: string },
  loanId: string,
  decide: DecideChange,
): Promise<LoanView | Refusal> {
  return database.transaction((sql) => simulated(sql, service, loanId, decide));
}

async function simulated(
  sql: Sql,
  { today, actor }: Viewing & { readonly actor: string },
  loanId: string,
  decide: DecideChange,
): Promise<LoanView | Refusal> {
  const key = await findLoanKey(sql, loanId);
  if (key === undefined) return noLoan(loanId);
  const [stored] = await loadLoans(sql, [key]);
  if (stored === undefined) return noLoan(loanId);
  const events = (await loadEvents(sql, [key])).get(key.loanId) ?? [];
  const businessDate = today(stored.state.policy.timeZone);
  const draft = await decide(stored.state, { businessDate }, async () => events);
  if (isRefusal(draft)) return draft;
  const event = stamp(draft, stored.head, { now: await databaseClock(sql), actor, id: newId() });
  const folded = fold([...events, event]);
  if (folded === undefined) throw new Error(`The journal of loan ${loanId} does not fold`);
  return { state: aged(folded.state, businessDate), asOf: businessDate, knownAt: event.recordedAt };
}
