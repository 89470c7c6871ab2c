import { formatAmount } from '@tenor/money';
import { jsonNumber, numbersOf, wholeNumber, withNumber } from '@tenor/profile-kit';
import type { Database, Sql } from '@tenor/service-kit';
import type { CustomersStore } from '../../customers/customers.store.ts';
import type { LoanKey } from '../../loans/journal.store.ts';
import { findLoanKey } from '../../loans/loan-reads.store.ts';
import { type LoanView, type Viewing, viewLoans } from '../../loans/loan-views.store.ts';
import { findScoreQueries, type ScoreQuery } from '../../scoring/score-queries.store.ts';
import type { LoanJson } from './kopa.schemas.ts';
import { kopaLoans } from './kopa-records.store.ts';
import { applicationStatus, limitText } from './kopa-words.ts';

export interface ShownLoans extends Viewing {
  readonly database: Database;
  readonly customers: CustomersStore;
}

/** The loan with the whole number that a path says. */
export async function findLoanNumbered(sql: Sql, said: string): Promise<LoanKey | undefined> {
  const number = wholeNumber(said);
  const [numbered] = number === undefined ? [] : await withNumber(sql, kopaLoans, number);
  return numbered && findLoanKey(sql, numbered.id);
}

/** Loans as this API shows them, in their order. */
export async function showLoans(service: ShownLoans, keys: readonly LoanKey[]): Promise<LoanJson[]> {
  const { database, customers } = service;
  const ids = keys.map(({ loanId }) => loanId);
  const views = await viewLoans(database, service, { list: async () => keys, isOfOneCustomer: false }, {});
  // After the loans: a loan and its score are decided together, so that what is seen decided has its score here.
  const [numbers, scores, owners] = await Promise.all([
    numbersOf(database, kopaLoans, ids),
    findScoreQueries(database, keys),
    customers.findAll(
      database,
      keys.map(({ customerId }) => customerId),
    ),
  ]);
  if (!Array.isArray(views)) throw new Error(`Loans cannot be read as they are now: ${views.refused}`);
  const shown = new Map(views.map((view) => [view.state.loanId, view]));
  return keys.flatMap(({ loanId, customerId }) => {
    const [view, number, owner] = [shown.get(loanId), numbers.get(loanId), owners.get(customerId)];
    if (view === undefined || number === undefined || owner === undefined) return [];
    return [{ id: number, customer_number: owner.personal.externalId, ...applied(view, scores.get(loanId)) }];
  });
}

function applied({ state, knownAt }: LoanView, query: ScoreQuery | undefined) {
  // One that was decided since it was read is shown as it was.
  const score = state.status === 'pending' ? null : (query?.score ?? null);
  const { score: value = null, limitAmount = null, exclusion = null } = score ?? {};
  return {
    amount: formatAmount(state.principal, state.currency),
    status: applicationStatus(state.status),
    score: value === null ? null : jsonNumber(value),
    limit_amount: limitAmount === null ? null : limitText(limitAmount),
    exclusion,
    created_at: query?.requestedAt ?? knownAt,
    updated_at: knownAt,
  };
}
