import { addMonths, date } from '@tenor/calendar';
import { formatAmount } from '@tenor/money';
import { instalmentOf, sampleRows } from '@tenor/sample-files';
import { type ImportedLoan, importedLoan, type LoanRow } from '../../src/imports/imported-loan.ts';
import {
  importedPaymentId,
  importedPaymentsId,
  loanEventsOf,
  type PaymentsImported,
} from '../../src/loans/imported-payments.ts';
import { fold, outstanding } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { record, reversed, shipped } from '../builders.ts';
import { rowOf, rowOfSample } from './rows.ts';

const PAYMENTS_ID = importedPaymentsId('01930000-0000-7000-8000-0123456789ab');

function imported(row: LoanRow, asOf = '2025-06-15'): ImportedLoan {
  const product = shipped('imported');
  const made = importedLoan(row, { loanId: 'loan-1', customerId: 'customer-1', product, asOf: date(asOf) });
  if ('refused' in made) throw new Error(made.detail);
  return made;
}

function journalOf({ drafts, payments }: ImportedLoan): LoanEvent[] {
  const [first] = payments;
  const events = drafts.map((draft) => record(draft));
  if (first === undefined) return events;
  const past = {
    type: 'payments_imported',
    valueDate: first.on,
    payload: { paymentsId: PAYMENTS_ID, payments },
  } as const;
  const row: PaymentsImported = {
    ...past,
    id: 'event-9',
    seq: 4,
    recordedAt: '2026-11-21T09:00:00.000000Z',
    actor: 'test',
  };
  return [...events, ...loanEventsOf(row)];
}

function stateOf(row: LoanRow, asOf?: string, on?: string) {
  const folded = fold(journalOf(imported(row, asOf)), on === undefined ? {} : { asOf: date(on) });
  if (folded === undefined) throw new Error('no loan');
  return folded.state;
}

const text = (minor: bigint): string => formatAmount(minor, 'INR');
const paidNumbers = (row: LoanRow, asOf?: string): number[] =>
  stateOf(row, asOf).instalments.flatMap(({ number, paid }) => (paid.principal + paid.interest > 0n ? [number] : []));

describe('the past of an imported loan', () => {
  test('of one that runs: as many instalments as were paid on time and had fallen due, each on its due date', () => {
    const { payments, surplusOnTime } = imported(rowOf({ paidOnTime: 2 }));
    expect(payments).toEqual([
      { on: '2025-02-28', amount: '100.00' },
      { on: '2025-03-31', amount: '100.00' },
    ]);
    expect(surplusOnTime).toBe(0);
  });

  test.each([
    { paidOnTime: 9, asOf: '2025-06-15', paid: 4, surplus: 5, because: 'four had fallen due' },
    { paidOnTime: 9, asOf: '2025-05-31', paid: 4, surplus: 5, because: 'one falls due on the day of the file' },
    { paidOnTime: 9, asOf: '2025-05-30', paid: 3, surplus: 6, because: 'one falls due the day after' },
    { paidOnTime: 0, asOf: '2025-05-30', paid: 0, surplus: 0, because: 'none was on time' },
    { paidOnTime: 12, asOf: '2026-01-31', paid: 12, surplus: 0, because: 'a loan that ends that day still runs' },
    { paidOnTime: 11, asOf: '2026-01-31', paid: 11, surplus: 0, because: 'and is not paid by itself' },
  ])('$paid of $paidOnTime on time are paid on $asOf, since $because', ({ paidOnTime, asOf, paid, surplus }) => {
    const loan = imported(rowOf({ paidOnTime }), asOf);
    expect(loan.payments).toHaveLength(paid);
    expect(loan.surplusOnTime).toBe(surplus);
    expect(loan.paid).toBe(BigInt(paid) * 10_000n);
  });

  test('of one that ended before the file: all is paid, what was not on time on the end date', () => {
    const row = rowOf({ paidOnTime: 3 });
    const { payments, surplusOnTime } = imported(row, '2026-02-01');
    expect(payments).toHaveLength(4);
    expect(payments.at(-1)).toEqual({ on: '2026-01-31', amount: '900.00' });
    expect(surplusOnTime).toBe(0);
    expect(stateOf(row, '2026-02-01').status).toBe('paid');
    expect(text(outstanding(stateOf(row, '2026-02-01', '2026-01-30'), date('2026-01-30')).total)).toBe('900.00');
  });

  test('of one that ended with all on time is paid on its due dates alone, a surplus left for the score', () => {
    const { payments, surplusOnTime } = imported(rowOf({ paidOnTime: 14 }), '2026-02-01');
    expect(payments.map(({ on }) => on)).toEqual(
      Array.from({ length: 12 }, (_, index) => addMonths(date('2025-01-31'), index + 1)),
    );
    expect(surplusOnTime).toBe(2);
  });

  test('of one whose end date comes before its last due date is paid by its end date', () => {
    const { payments } = imported(rowOf({ paidOnTime: 11, endsOn: '2025-10-15' }), '2026-06-01');
    expect(payments.map(({ on }) => on).slice(-4)).toEqual(['2025-10-15', '2025-10-15', '2025-10-15', '2025-10-15']);
    expect(payments).toHaveLength(12);
  });
});

describe('an imported loan', () => {
  test('keeps the instalment of the file, and its rate as information', () => {
    const { instalments, terms, disbursedOn, principal } = stateOf(rowOf());
    expect(instalments.map(({ principal: part, interest }) => text(part + interest))).toEqual(Array(12).fill('100.00'));
    expect(instalments.reduce((sum, { interest }) => sum + interest, 0n)).toBe(20_000n);
    expect(terms.annualRatePercent).toBe('8.2');
    expect([disbursedOn, text(principal)]).toEqual(['2025-01-31', '1000.00']);
  });

  test('has no interest where its instalments come to less than the amount, and its last instalment absorbs', () => {
    const row = rowOf({ principal: '1003.00', instalment: '100.00', numberOfInstalments: 10, endsOn: '2025-11-30' });
    const { instalments } = stateOf(row);
    expect(instalments.every(({ interest }) => interest === 0n)).toBe(true);
    expect(text(instalments.at(-1)?.principal ?? 0n)).toBe('103.00');
    expect(text(instalments[0]?.principal ?? 0n)).toBe('100.00');
  });

  test('owes what fell due since the file and was not paid, in arrears', () => {
    const owed = outstanding(stateOf(rowOf({ paidOnTime: 4 })), date('2025-09-15'));
    expect([text(owed.total), text(owed.overdue)]).toEqual(['800.00', '300.00']);
  });

  test('lets its payments be reversed like any other: those after it move up, and none is lost', () => {
    const events = journalOf(imported(rowOf({ paidOnTime: 3 })));
    const second = events.find((event) => event.type === 'repaid' && event.payload.paymentId.endsWith('0002'));
    if (second?.type !== 'repaid') throw new Error('no second payment');
    const state = fold([...events, reversed(second)])?.state;
    expect(state?.instalments.slice(0, 3).map(({ paid }) => text(paid.principal + paid.interest))).toEqual([
      '100.00',
      '100.00',
      '0.00',
    ]);
  });

  test('is refused when it was approved after the day of the file, or lends another currency', () => {
    const context = { loanId: 'l', customerId: 'c', product: shipped('imported'), asOf: date('2025-01-30') };
    expect(importedLoan(rowOf(), context)).toMatchObject({ refused: 'value_date_in_future' });
    const inYen = { ...rowOf(), principal: { minor: 1000n, currency: 'JPY' } };
    expect(importedLoan(inYen, { ...context, asOf: date('2025-06-15') })).toMatchObject({
      refused: 'currency_mismatch',
    });
  });
});

test('the ids of imported payments are UUIDs that differ in their last digits', () => {
  expect(PAYMENTS_ID).toBe('01930000-0000-7000-8000-012345670000');
  expect(importedPaymentId(PAYMENTS_ID, 180)).toBe('01930000-0000-7000-8000-0123456700b4');
});

test('every row of the sample files is a loan whose books are right on the day of the file and long after', () => {
  const { asOf, loans } = sampleRows();
  for (const sample of loans) {
    const row = rowOfSample(sample);
    const state = stateOf(row, asOf);
    const hasEnded = sample.endsOn < asOf;
    expect(state.status === 'paid').toBe(hasEnded || (sample.paidOnTime >= sample.tenure && sample.endsOn <= asOf));
    expect(state.credited).toBe(0n);
    expect(state.maturityDate).toBe(sample.endsOn);
    expect(state.instalments[0]?.principal ?? 0n).toBeGreaterThan(0n);
    const asked = state.instalments.map(({ principal, interest }) => principal + interest);
    expect(asked.slice(0, -1).every((each) => each === row.instalment)).toBe(true);
    expect(instalmentOf(sample.amount, sample.tenure, sample.rate) * 100).toBe(Number(row.instalment));
  }
  expect(paidNumbers(rowOf({ paidOnTime: 2 }))).toEqual([1, 2]);
});
