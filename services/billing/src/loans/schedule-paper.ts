import type { Fact, Paper } from '@tenor/documents';
import type { Product } from '../products/product.ts';
import { type IsPrintable, nameFacts, printedName } from '../quotes/names-on-paper.ts';
import { quote } from '../quotes/quote.ts';
import { costFacts, instalmentsTable } from '../quotes/quote-paper.ts';
import type { Table } from '../quotes/quote-table.ts';
import { termsInWords } from '../quotes/terms-in-words.ts';
import { dayInWords, grouped, moneyInWords } from '../quotes/words.ts';
import { plannedHeader } from '../schedules/schedule-table.ts';
import type { LoanState } from './loan.ts';
import { type Seen, scheduleJson } from './loan-json.ts';
import { type StatedInstalment, statedInstalment } from './stated-instalment.ts';

const paidHeader = [
  'prepaid_principal',
  'charged',
  'moved',
  'waived',
  'forgone',
  'written_off',
  'paid',
  'unpaid',
  'status',
] as const;

/** The instalments of a loan and what became of them, a row each. */
export function scheduleTable(seen: Seen): Table {
  const { currency, instalments } = scheduleJson(seen);
  const names = [...plannedHeader, ...paidHeader];
  return {
    header: [...names, 'currency'],
    rows: instalments.map((row) => [...names.map((name) => String(row[name])), currency]),
  };
}

/** The schedule of a loan as its borrower reads it. */
export function schedulePaper(seen: Seen, product: Pick<Product, 'code' | 'name'>, isPrintable: IsPrintable): Paper {
  const { state, asOf } = seen;
  const { currency, instalments } = state;
  const { instalments: shown } = scheduleJson(seen);
  const stated = instalments.map(statedInstalment);
  const plain = instalmentsTable(stated.map(withCharges), currency);
  const sumPaid = stated.reduce((sum, { paid }) => sum + paid, 0n);
  return {
    title: `Repayment schedule: ${printedName(product, isPrintable)}`,
    sections: [
      {
        heading: `As of ${dayInWords(asOf)}`,
        facts: [...nameFacts(product, isPrintable), ...standing(state, stated, isPrintable)],
      },
      { heading: 'What you get and what it costs', facts: costs(state) },
      {
        heading: 'The terms',
        facts: termsInWords({ terms: state.terms, currency, from: state.disbursedOn ?? asOf, instalments }),
      },
      {
        heading: 'Your instalments',
        facts: [],
        table: {
          columns: [...plain.columns, { heading: 'Paid', align: 'right' }, { heading: 'Status', align: 'left' }],
          rows: plain.rows.map((row, index) => [
            ...row,
            grouped(stated[index]?.paid ?? 0n, currency),
            shown[index]?.status ?? '',
          ]),
          totals: [...(plain.totals ?? []), grouped(sumPaid, currency), ''],
        },
      },
    ],
    footer: `Loan ${state.loanId}, as of ${dayInWords(asOf)}`,
  };
}

/** On paper, what came on top of the plan stands with the fees. */
const withCharges = (stated: StatedInstalment): StatedInstalment => ({ ...stated, fee: stated.fee + stated.charged });

function standing(
  { loanId, externalId, status, currency }: LoanState,
  stated: readonly StatedInstalment[],
  isPrintable: IsPrintable,
): Fact[] {
  const money = (of: (instalment: StatedInstalment) => bigint): string =>
    moneyInWords(
      stated.reduce((sum, instalment) => sum + of(instalment), 0n),
      currency,
    );
  return [
    { name: 'Loan', says: externalId !== null && isPrintable(externalId) ? externalId : loanId },
    { name: 'Status', says: status },
    { name: 'To be repaid', says: money(({ total }) => total) },
    { name: 'Paid so far', says: money(({ paid }) => paid) },
    { name: 'Left to pay', says: money(({ unpaid }) => unpaid) },
  ];
}

/** As a quote of the same money on the same day tells them; until the money is paid out, what was asked for. */
function costs({ terms, currency, principal: amount, disbursedOn, closedDays }: LoanState): Fact[] {
  if (disbursedOn === null) return [{ name: 'Asked for', says: moneyInWords(amount, currency) }];
  const same = quote({ product: null, terms, currency, disbursements: [{ on: disbursedOn, amount }], closedDays });
  if ('refused' in same) throw new Error(`A recorded loan has no schedule: ${same.detail}`);
  return costFacts(same);
}
