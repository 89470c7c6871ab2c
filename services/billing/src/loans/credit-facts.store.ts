import type { LocalDate } from '@tenor/calendar';
import { nextTurn, type Sql, statement } from '@tenor/service-kit';
import { findIncomes } from '../customers/customers.store.ts';
import { elapsed } from '../delinquency/delinquency.ts';
import { aged } from '../penalties/passing-days.ts';
import { type CreditStanding, creditStanding, type KnownLoan } from './credit-facts.ts';
import { countedByFile, type ImportedCount } from './imported-count.ts';
import { loadEvents } from './journal.store.ts';
import type { LoanState } from './loan.ts';
import { punctuality } from './punctuality.ts';
import { type LoanRow, toStored } from './stored-loan.ts';

/** Of a customer's loans that ended, so many of the latest count. */
const ENDED_LOANS_MAX = 100;

const selectLoans = statement(
  'credit_facts_loans',
  `select l.* from unnest($1::uuid[]) as c (id)
    cross join lateral (
      (select * from loans where customer_id = c.id and status in ('pending', 'approved', 'active'))
      union all
      (select * from loans where customer_id = c.id and status in ('paid', 'written_off') order by id desc limit $2)
    ) l`,
);

const selectImports = statement(
  'credit_facts_imports',
  'select loan_id, paid_on_time, surplus_on_time, paid from imported_loans where customer_id = any($1::uuid[])',
);

interface ImportRow {
  loan_id: string;
  paid_on_time: number;
  surplus_on_time: number;
  paid: bigint;
}

/** Whose credit is asked about: in a currency, on a day. */
export interface CreditInquiry {
  readonly customerId: string;
  readonly currency: string;
  readonly asOf: LocalDate;
}

/**
 * What the loans and incomes of these customers say, by customer; one inquiry for each. Loans of which an instalment
 * may have fallen due are folded, for when it was paid is in the journal alone, but those of which a file told it. Others
 * have their turn between two loans.
 */
export async function creditStandings(
  sql: Sql,
  inquiries: readonly CreditInquiry[],
): Promise<ReadonlyMap<string, CreditStanding>> {
  if (inquiries.length === 0) return new Map();
  const ids = inquiries.map(({ customerId }) => customerId);
  const [rows, imports, incomes] = await Promise.all([
    sql.query<LoanRow>(selectLoans, [ids, ENDED_LOANS_MAX]),
    sql.query<ImportRow>(selectImports, [ids]),
    findIncomes(sql, ids),
  ]);
  const importOf = new Map(imports.map((row) => [row.loan_id, toCount(row)]));
  const dayOf = new Map(inquiries.map(({ customerId, asOf }) => [customerId, asOf]));
  const loans = rows.map((row) => {
    const { state } = toStored(row);
    const asOf = dayOf.get(state.customerId);
    if (asOf === undefined) throw new Error(`Loan ${state.loanId} is of a customer nobody asked about`);
    const imported = importOf.get(state.loanId);
    return { state: aged(state, asOf), asOf, imported, counted: countedByFile(state, imported) };
  });
  const events = await loadEvents(
    sql,
    loans
      .filter(({ state, asOf, counted }) => counted === undefined && mayBeJudged(state, asOf))
      .map(({ state }) => state),
  );
  const known: KnownLoan[] = [];
  for (const { state, asOf, imported, counted } of loans) {
    known.push({
      state,
      punctuality: counted ?? punctuality(events.get(state.loanId) ?? [], asOf),
      surplusOnTime: imported?.surplusOnTime ?? 0,
    });
    await nextTurn();
  }
  const loansOf = Map.groupBy(known, ({ state }) => state.customerId);
  return new Map(
    inquiries.map(({ customerId, currency, asOf }) => {
      const own = loansOf.get(customerId) ?? [];
      return [customerId, { ...creditStanding(own, currency, asOf), monthlyIncome: incomes.get(customerId) ?? null }];
    }),
  );
}

const toCount = (row: ImportRow): ImportedCount => ({
  paidOnTime: row.paid_on_time,
  surplusOnTime: row.surplus_on_time,
  paid: row.paid,
});

/** A plan made anew, and a write-off, may leave none of what fell due before. */
function mayBeJudged(state: LoanState, asOf: LocalDate): boolean {
  return state.plan !== null || state.writtenOff !== null || elapsed(state, asOf).length > 0;
}
