import type { Money } from '@tenor/money';
import { type Database, execute, isRefusal, newId, type UnitOfWork } from '@tenor/service-kit';
import { type LockedCustomer, lockCustomers } from '../customers/customers.store.ts';
import { advanceLoan, type LoanService, type LoanStep } from '../loans/loans.commands.ts';
import { loadLoans } from '../loans/loans.store.ts';
import { rejectionBy, type Score } from './score.ts';
import { endScoreQuery, type TakenQuery } from './score-queries.store.ts';

export interface DecisionService extends LoanService {
  readonly database: Database;
}

/** What became of an application. `superseded`: somebody else decided before. */
export type Decision = 'approved' | 'rejected' | 'failed' | 'superseded';

const SCORING = { id: 'scoring', roles: [] };
const NO_SCORE = 'score_not_available';

/**
 * Ends an application, by its score or without one, in one unit of work under its customer's lock: the query ends as the
 * loan is decided, so that neither happens twice, however many processes come to it. What somebody decided meanwhile
 * stands.
 */
export async function decideApplication(
  service: DecisionService,
  query: TakenQuery,
  score: Score | null,
): Promise<Decision> {
  const context = { caller: SCORING, requestId: newId() };
  const outcome = await execute(service.database, context, async (uow) => ({
    decision: await decide(uow, service, query, score),
  }));
  if (isRefusal(outcome)) throw new Error(`Loan ${query.loanId} cannot be decided: ${outcome.refused}`);
  return outcome.result.decision;
}

async function decide(
  uow: UnitOfWork,
  service: LoanService,
  query: TakenQuery,
  score: Score | null,
): Promise<Decision> {
  const { customerId, loanId } = query;
  const customer = (await lockCustomers(uow, [customerId])).get(customerId);
  const [loan] = await loadLoans(uow, [query]);
  if (customer === undefined || loan === undefined)
    throw new Error(`Loan ${loanId} has a score query, but is not there, or its customer is not`);
  const { status, principal, currency } = loan.state;
  const isOpen = await endScoreQuery(uow, query, endOf(status === 'pending', score), score);
  if (!isOpen || status !== 'pending') return 'superseded';
  const { decision, step } = stepBy(score, { minor: principal, currency }, customer);
  const done = await advanceLoan(uow, service, loanId, step);
  if (isRefusal(done)) throw new Error(`Loan ${loanId} cannot be ${decision}: ${done.refused}`);
  return decision;
}

function endOf(isPending: boolean, score: Score | null): 'scored' | 'exhausted' | 'superseded' {
  if (score !== null) return 'scored';
  return isPending ? 'exhausted' : 'superseded';
}

function stepBy(
  score: Score | null,
  principal: Money,
  customer: LockedCustomer,
): { decision: Decision; step: LoanStep } {
  if (score === null) return { decision: 'failed', step: { step: 'fail', reason: NO_SCORE } };
  const rejection = rejectionBy(score, principal, customer);
  if (rejection !== undefined) return { decision: 'rejected', step: { step: 'reject', reason: rejection } };
  return { decision: 'approved', step: { step: 'approve', approvedOn: null } };
}
