import type { Fact, Paper } from '@tenor/documents';
import { remainder } from '../delinquency/instalment.ts';
import { aprFacts, instalmentsTable } from '../quotes/quote-paper.ts';
import type { Table } from '../quotes/quote-table.ts';
import { termsInWords } from '../quotes/terms-in-words.ts';
import { dayInWords, grouped, moneyInWords } from '../quotes/words.ts';
import { totalOf } from '../schedules/schedule.ts';
import { plannedHeader } from '../schedules/schedule-table.ts';
import type { LoanState } from './loan.ts';
import { type Seen, scheduleJson } from './loan-json.ts';

const paidHeader = ['paid', 'unpaid', 'status'] as const;

/** The instalments of a loan and what is paid of them, a row each. */
export function scheduleTable(seen: Seen): Table {
  const { currency, instalments } = scheduleJson(seen);
  const names = [...plannedHeader, ...paidHeader];
  return {
    header: [...names, 'currency'],
    rows: instalments.map((row) => [...names.map((name) => String(row[name])), currency]),
  };
}

/** The schedule of a loan as its borrower reads it. */
export function schedulePaper(seen: Seen): Paper {
  const { state, asOf } = seen;
  const { currency, instalments } = state;
  const plain = instalmentsTable(instalments, currency);
  const { instalments: shown } = scheduleJson(seen);
  const paid = instalments.map((instalment) => totalOf(instalment) - remainder(instalment));
  const sumPaid = paid.reduce((sum, each) => sum + each, 0n);
  return {
    title: `Repayment schedule of loan ${state.externalId ?? state.loanId}`,
    sections: [
      { heading: `As of ${dayInWords(asOf)}`, facts: standing(state, sumPaid) },
      { heading: 'The terms', facts: termsInWords(state.terms, currency) },
      {
        heading: 'Instalments',
        facts: [],
        table: {
          columns: [...plain.columns, { heading: 'Paid', align: 'right' }, { heading: 'Status', align: 'left' }],
          rows: plain.rows.map((row, index) => [
            ...row,
            grouped(paid[index] ?? 0n, currency),
            shown[index]?.status ?? '',
          ]),
          totals: [...(plain.totals ?? []), grouped(sumPaid, currency), ''],
        },
      },
    ],
    footer: `Loan ${state.loanId}, as of ${dayInWords(asOf)}`,
  };
}

function standing(state: LoanState, paid: bigint): Fact[] {
  const { currency, principal, disbursedOn, instalments, apr } = state;
  const total = instalments.reduce((sum, instalment) => sum + totalOf(instalment), 0n);
  const money = (minor: bigint): string => moneyInWords(minor, currency);
  return [
    { name: 'Product', says: state.product.code },
    { name: 'Status', says: state.status },
    {
      name: 'Lent',
      says: disbursedOn === null ? money(principal) : `${money(principal)} on ${dayInWords(disbursedOn)}`,
    },
    { name: 'To be repaid', says: money(total) },
    { name: 'Paid so far', says: money(paid) },
    { name: 'Left to pay', says: money(total - paid) },
    ...(apr === null ? [] : aprFacts(apr)),
  ];
}
