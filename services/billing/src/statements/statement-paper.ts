import { date } from '@tenor/calendar';
import type { Fact, Paper, PaperColumn, Section } from '@tenor/documents';
import { sumOfParts } from '../delinquency/instalment.ts';
import { minorOf } from '../loans/working-loan.ts';
import type { Product } from '../products/product.ts';
import { type IsPrintable, nameFacts, printedName } from '../quotes/names-on-paper.ts';
import type { Table } from '../quotes/quote-table.ts';
import { dayInWords, grouped, moneyInWords } from '../quotes/words.ts';
import { causeInWords } from './cause-words.ts';
import type { Standing, Statement, StatementLine } from './statement.ts';
import { statementJson } from './statement-json.ts';

const moved = [
  'principal',
  'interest',
  'fee',
  'penalty',
  'total',
  'money_in',
  'money_out',
  'refinanced',
  'from_credit',
  'credit',
] as const;
const stood = ['principal', 'interest', 'fee', 'penalty', 'total', 'credit'] as const;
const header = [
  'value_date',
  'recorded_at',
  'type',
  'event_id',
  'text',
  ...moved,
  ...stood.map((name) => `balance_${name}`),
  'currency',
] as const;

/** A row for each line between one for the opening and one for the closing balance, whose amounts moved are empty. */
export function statementTable(statement: Statement): Table {
  const { lines, opening, closing, from, to, currency } = statementJson(statement);
  const standing = (type: string, on: string, balance: typeof opening): string[] => [
    ...[on, '', type, '', ''],
    ...moved.map(() => ''),
    ...stood.map((name) => balance[name]),
    currency,
  ];
  const rows = lines.map((line) => [
    ...[line.value_date, line.recorded_at ?? '', line.type, line.event_id ?? '', line.text],
    ...moved.map((name) => line[name]),
    ...stood.map((name) => line.balance[name]),
    currency,
  ]);
  return {
    header,
    rows: [standing('opening_balance', from ?? '', opening), ...rows, standing('closing_balance', to, closing)],
  };
}

/** A statement as the borrower reads it. */
export function statementPaper(
  statement: Statement,
  product: Pick<Product, 'code' | 'name'>,
  isPrintable: IsPrintable,
): Paper {
  const { state, to } = statement;
  return {
    title: `Loan statement: ${printedName(product, isPrintable)}`,
    sections: [
      {
        heading: periodInWords(statement),
        facts: [...nameFacts(product, isPrintable), ...standingFacts(statement, isPrintable)],
      },
      { heading: 'What happened', facts: [], table: linesTable(statement) },
      ...takenBackSections(statement),
    ],
    footer: `Loan ${state.loanId}, as of ${dayInWords(to)}`,
  };
}

function periodInWords({ from, to }: Statement): string {
  return from === null ? `Until ${dayInWords(to)}` : `From ${dayInWords(from)} to ${dayInWords(to)}`;
}

function standingFacts({ state, opening, closing, totals }: Statement, isPrintable: IsPrintable): Fact[] {
  const { loanId, externalId, status, currency } = state;
  const money = (minor: bigint): string => moneyInWords(minor, currency);
  return [
    { name: 'Loan', says: externalId !== null && isPrintable(externalId) ? externalId : loanId },
    { name: 'Status', says: status.replaceAll('_', ' ') },
    { name: 'Owed before', says: money(sumOfParts(opening.owed)) },
    { name: 'Paid out to you', says: money(totals.moneyOut) },
    ...(totals.refinanced === 0n ? [] : [{ name: 'Lent to pay off another loan', says: money(totals.refinanced) }]),
    { name: 'Received from you', says: money(totals.moneyIn) },
    { name: 'Owed at the end', says: `${money(sumOfParts(closing.owed))}: ${partsInWords(closing, currency)}` },
    ...(closing.credit === 0n ? [] : [{ name: 'Credit from this loan', says: money(closing.credit) }]),
  ];
}

function partsInWords({ owed }: Standing, currency: string): string {
  const parts = (['principal', 'interest', 'fee', 'penalty'] as const).filter((name) => owed[name] !== 0n);
  if (parts.length === 0) return 'nothing';
  return parts.map((name) => `${name} ${grouped(owed[name], currency)}`).join(', ');
}

const columns: readonly PaperColumn[] = [
  { heading: 'Day', align: 'left' },
  { heading: 'What', align: 'left', wraps: true },
  { heading: 'Principal', align: 'right' },
  { heading: 'Interest', align: 'right' },
  { heading: 'Fees', align: 'right' },
  { heading: 'Penalty', align: 'right' },
  { heading: 'Received', align: 'right' },
  { heading: 'Paid out', align: 'right' },
];

function linesTable({ state, lines, totals, opening, from }: Statement) {
  const { currency } = state;
  const cell = (minor: bigint): string => (minor === 0n ? '' : grouped(minor, currency));
  const amounts = ({ change, moneyIn, moneyOut }: Omit<StatementLine, 'on' | 'cause' | 'balance'>): string[] =>
    [change.principal, change.interest, change.fee, change.penalty, moneyIn, moneyOut].map(cell);
  const begins = [
    from === null ? '' : dayInWords(from),
    'Owed before',
    ...columns.slice(2).map(() => ''),
    grouped(sumOfParts(opening.owed), currency),
  ];
  return {
    columns: [...columns, { heading: `Owed (${currency})`, align: 'right' } as const],
    rows: [
      begins,
      ...lines.map((line) => [
        dayInWords(line.on),
        causeInWords(line.cause),
        ...amounts(line),
        grouped(sumOfParts(line.balance.owed), currency),
      ]),
    ],
    totals: ['', 'Total', ...amounts(totals), grouped(sumOfParts(opening.owed) + sumOfParts(totals.change), currency)],
  };
}

function takenBackSections({ state: { currency }, takenBack }: Statement): Section[] {
  if (takenBack.length === 0) return [];
  return [
    {
      heading: 'Payments that were taken back, and count for nothing',
      facts: [],
      table: {
        columns: [
          { heading: 'Day', align: 'left' },
          { heading: `Amount (${currency})`, align: 'right' },
          { heading: 'Taken back', align: 'left' },
          { heading: 'By', align: 'left' },
        ],
        rows: takenBack.map(({ payment, reversal }) => [
          dayInWords(payment.valueDate),
          grouped(minorOf(payment.payload.amount, currency), currency),
          dayInWords(date(reversal.recordedAt.slice(0, 'YYYY-MM-DD'.length))),
          reversal.payload.kind,
        ]),
      },
    },
  ];
}
