import { date } from '@tenor/calendar';
import type { LoanAccount } from '../../src/loan-accounts/loan-account.ts';
import type { Part } from '../../src/payments/allocation.ts';
import { decidePayment, type PaymentRequest } from '../../src/payments/payment-decision.ts';
import { growth, weekly } from '../loans.ts';

const today = date('2026-06-30');

/** Decides for amounts in minor units; the answer in short: parts, or the refusal with its amounts. */
function decide(
  loans: LoanAccount[],
  amount: bigint,
  given: Partial<PaymentRequest> & { reserved?: Record<string, bigint>; shortfall?: bigint } = {},
) {
  const { reserved = {}, shortfall = 0n, ...request } = given;
  const decision = decidePayment(
    { amount, currency: 'IDR', valueDate: today, businessDate: today, allocations: null, ...request },
    { loans, reserved: new Map(Object.entries(reserved)), shortfalls: new Map([['IDR', shortfall]]) },
  );
  if ('refused' in decision) {
    const amounts = decision.meta?.['amounts'] as string[] | undefined;
    return amounts ? `${decision.refused} ${amounts.join(' ')}` : decision.refused;
  }
  if (decision.outcome === 'rejected') return `rejected ${decision.code}`;
  const short = decision.shortfall > 0n ? [`short:${decision.shortfall}`] : [];
  return [...decision.parts.map((part) => `${part.loanId}:${part.amount}`), ...short].join(' ');
}

const exact = weekly({ loanId: 'a', unpaid: [100n, 100n, 100n] });
const partial = weekly({ loanId: 'a', unpaid: [100n, 100n, 100n], paymentPolicy: 'partial' });
const flexible = weekly({ loanId: 'a', unpaid: [100n, 100n, 100n], paymentPolicy: 'any' });
const rejecting = { ...flexible, overpayment: 'reject' as const };

describe('one loan', () => {
  test.each([
    { loan: exact, amount: 100n, expected: 'a:100', because: 'exact takes one whole instalment' },
    { loan: exact, amount: 200n, expected: 'a:200', because: 'exact takes several, due or not' },
    { loan: exact, amount: 300n, expected: 'a:300', because: 'exact takes all that is left' },
    { loan: exact, amount: 99n, expected: 'payment_not_exact 1.00', because: 'nothing fits below the first' },
    { loan: exact, amount: 150n, expected: 'payment_not_exact 1.00 2.00', because: 'both neighbours would do' },
    { loan: exact, amount: 301n, expected: 'a:300', because: 'the excess becomes credit, also under exact' },
    { loan: flexible, amount: 1n, expected: 'a:1', because: 'any takes any amount' },
    { loan: flexible, amount: 250n, expected: 'a:250', because: 'any pays in advance' },
    { loan: flexible, amount: 301n, expected: 'a:300', because: 'the excess becomes credit' },
    { loan: rejecting, amount: 300n, expected: 'a:300', because: 'reject takes all that is owed' },
    { loan: rejecting, amount: 301n, expected: 'rejected amount_exceeds_outstanding', because: 'it is above all' },
  ])('$expected for $amount when $because', ({ loan, amount, expected }) =>
    expect(decide([loan], amount)).toBe(expected),
  );

  test.each([
    { loan: exact, amount: 200n, expected: 'a:200', because: 'exact takes whole instalments' },
    { loan: exact, amount: 150n, expected: 'payment_not_exact 1.00 2.00', because: 'it ends inside one' },
    { loan: exact, amount: 340n, expected: 'a:340', because: 'it asks for all, and billing credits the excess' },
    { loan: flexible, amount: 250n, expected: 'a:250', because: 'any takes any amount' },
    { loan: rejecting, amount: 301n, expected: 'rejected amount_exceeds_outstanding', because: 'it is above all' },
  ])('$expected for $amount named when $because', ({ loan, amount, expected }) =>
    expect(decide([loan], amount, { allocations: [{ loanId: 'a', amount }] })).toBe(expected),
  );

  test.each([
    { on: '2026-01-07', amount: 1n, expected: 'payment_not_exact 3.00', because: 'nothing is due yet' },
    { on: '2026-01-08', amount: 100n, expected: 'a:100', because: 'the first is due today' },
    { on: '2026-01-15', amount: 150n, expected: 'a:150', because: 'two are due' },
    { on: '2026-01-15', amount: 250n, expected: 'payment_not_exact 2.00 3.00', because: 'the third is not due' },
    { on: '2026-01-15', amount: 300n, expected: 'a:300', because: 'it covers everything owed' },
    { on: '2026-01-15', amount: 310n, expected: 'a:300', because: 'it covers everything, the rest is credit' },
  ])('under partial, $amount on $on gives $expected: $because', ({ on, amount, expected }) =>
    expect(decide([partial], amount, { valueDate: date(on) })).toBe(expected),
  );
});

describe('one loan of which grows what is late', () => {
  // 100.00 each, due on 13, 20 and 27 June: on 21 June the first is late by eight days, the second by one.
  const day = { valueDate: date('2026-06-21') };
  const unpaid = [10_000n, 10_000n, 10_000n];
  const late = weekly({ loanId: 'a', unpaid, lateGrowth: growth({ percent_per_day: '1' }) }, '2026-06-06');
  const capped = { ...late, lateGrowth: growth({ percent_per_day: '1', cap: '2.50' }) };
  const fixed = { ...late, lateGrowth: growth({ amount: '5.00', grace_days: 3 }) };
  const interest = { ...late, lateGrowth: growth(null, { percent_per_year: '36.5', year_days: 365 }) };
  const taxed = { ...late, lateGrowth: growth({ percent_per_day: '1', tax_percent: '18' }) };
  const taxedInterest = {
    ...late,
    lateGrowth: growth(null, { percent_per_year: '36.5', year_days: 365, tax_percent: '18' }),
  };
  const part = { ...late, paymentPolicy: 'partial' as const };
  const free = { ...late, paymentPolicy: 'any' as const };
  const reject = { ...late, overpayment: 'reject' as const };

  test.each([
    { loan: late, amount: 9_999n, expected: 'payment_not_exact 100.00', because: 'the first owes what is known' },
    { loan: late, amount: 10_000n, expected: 'a:10000', because: 'billing spreads it, penalty first' },
    { loan: late, amount: 10_800n, expected: 'a:10800', because: 'eight days cost 8.00' },
    { loan: late, amount: 10_801n, expected: 'payment_not_exact 100.00 200.00', because: 'that is above the days' },
    { loan: late, amount: 15_000n, expected: 'payment_not_exact 100.00 200.00', because: 'it ends inside the second' },
    { loan: late, amount: 19_999n, expected: 'payment_not_exact 100.00 200.00', because: 'the second is not whole' },
    { loan: late, amount: 20_900n, expected: 'a:20900', because: 'eight days and one cost 9.00' },
    { loan: late, amount: 20_901n, expected: 'payment_not_exact 200.00 300.00', because: 'the third adds nothing' },
    { loan: late, amount: 29_999n, expected: 'payment_not_exact 200.00 300.00', because: 'the third is not whole' },
    { loan: late, amount: 30_900n, expected: 'a:30900', because: 'it is all that is owed, with what grew' },
    { loan: late, amount: 31_000n, expected: 'a:30900', because: 'the excess becomes credit' },
    { loan: capped, amount: 20_350n, expected: 'a:20350', because: 'the first is at its cap of 2.50' },
    { loan: capped, amount: 20_351n, expected: 'payment_not_exact 200.00 300.00', because: 'it is above the cap' },
    { loan: fixed, amount: 20_500n, expected: 'a:20500', because: 'only the first is late beyond its grace' },
    { loan: fixed, amount: 20_501n, expected: 'payment_not_exact 200.00 300.00', because: 'an amount is due once' },
    { loan: interest, amount: 20_090n, expected: 'a:20090', because: 'a day is 0.1 % of what is late' },
    { loan: interest, amount: 20_091n, expected: 'payment_not_exact 200.00 300.00', because: 'that is above it' },
    { loan: taxed, amount: 21_062n, expected: 'a:21062', because: 'of 8.00 and 1.00 the tax is 1.44 and 0.18' },
    { loan: taxed, amount: 21_063n, expected: 'payment_not_exact 200.00 300.00', because: 'that is above the tax' },
    { loan: taxedInterest, amount: 20_107n, expected: 'a:20107', because: 'tax on 0.80 and on 0.10 is rounded up' },
    { loan: taxedInterest, amount: 20_108n, expected: 'payment_not_exact 200.00 300.00', because: 'it is above it' },
    { loan: part, amount: 20_900n, expected: 'a:20900', because: 'it is all that is due, with what grew' },
    { loan: part, amount: 20_901n, expected: 'payment_not_exact 200.00 300.00', because: 'the third is not due' },
    { loan: part, amount: 29_999n, expected: 'payment_not_exact 200.00 300.00', because: 'the third is not due' },
    { loan: free, amount: 31_000n, expected: 'a:30900', because: 'the excess becomes credit' },
    { loan: reject, amount: 30_900n, expected: 'a:30900', because: 'it is all that may be owed' },
    { loan: reject, amount: 30_901n, expected: 'rejected amount_exceeds_outstanding', because: 'no more can be owed' },
    { loan: reject, amount: 3_000_000n, expected: 'rejected amount_exceeds_outstanding', because: 'it is above all' },
  ])('$expected for $amount when $because', ({ loan, amount, expected }) => {
    expect(decide([loan], amount, day)).toBe(expected);
  });

  test.each([
    { loan: late, amount: 10_800n, expected: 'a:10800' },
    { loan: late, amount: 10_801n, expected: 'payment_not_exact 100.00 200.00' },
    { loan: reject, amount: 30_901n, expected: 'rejected amount_exceeds_outstanding' },
  ])('$expected for $amount that names the loan', ({ loan, amount, expected }) =>
    expect(decide([loan], amount, { ...day, allocations: [{ loanId: 'a', amount }] })).toBe(expected),
  );

  test('rounds a part of a minor unit up', () => {
    const loan = weekly(
      { loanId: 'a', unpaid: [101n, 100n], lateGrowth: growth({ percent_per_day: '1' }) },
      '2026-06-06',
    );
    const on = { valueDate: date('2026-06-14') };
    expect([decide([loan], 103n, on), decide([loan], 104n, on)]).toEqual(['a:103', 'payment_not_exact 1.01 2.01']);
  });

  test.each([
    { loan: late, amount: 10_001n, expected: 'payment_not_exact 100.00 200.00' },
    { loan: part, amount: 10_001n, expected: 'payment_not_exact 100.00 300.00' },
    { loan: reject, amount: 30_001n, expected: 'rejected amount_exceeds_outstanding' },
  ])('$expected for $amount on the due date, when nothing has grown', ({ loan, amount, expected }) =>
    expect(decide([loan], amount, { valueDate: date('2026-06-13') })).toBe(expected),
  );

  test('what is left over goes to the loan that may have grown by it, the oldest instalments first', () => {
    const other = weekly({ loanId: 'b', unpaid: [5_000n, 5_000n] }, '2026-06-06');
    expect(decide([late, other], 15_700n, day)).toBe('a:10700 b:5000');
    expect(decide([late, other], 15_801n, day)).toBe('payment_not_exact 150.00 250.00');
  });
});

describe('payments in flight', () => {
  test.each([
    { loan: exact, held: 100n, amount: 200n, expected: 'a:200', because: 'two instalments are free' },
    { loan: exact, held: 200n, amount: 100n, expected: 'a:100', because: 'the last one is free' },
    { loan: exact, held: 200n, amount: 150n, expected: 'a:100', because: 'above everything free is credit' },
    { loan: exact, held: 300n, amount: 100n, expected: 'nothing_owed', because: 'the last one is taken' },
    {
      loan: exact,
      held: 900n,
      amount: 100n,
      expected: 'nothing_owed',
      because: 'an excess in flight reserves no more',
    },
    { loan: flexible, held: 250n, amount: 50n, expected: 'a:50', because: 'a rest of the last is free' },
    {
      loan: rejecting,
      held: 300n,
      amount: 1n,
      expected: 'rejected amount_exceeds_outstanding',
      because: 'anything is above nothing',
    },
  ])('$held held, $amount gives $expected: $because', ({ loan, held, amount, expected }) =>
    expect(decide([loan], amount, { reserved: { a: held } })).toBe(expected),
  );
});

describe('several loans, nothing named', () => {
  const first = weekly({ loanId: 'b', unpaid: [100n, 100n] }, '2026-01-01');
  const sameDay = weekly({ loanId: 'a', unpaid: [70n, 70n] }, '2026-01-01');
  const dueLikeFirstsSecond = weekly({ loanId: 'c', unpaid: [30n] }, '2026-01-08');

  test.each([
    { amount: 70n, expected: 'a:70', because: 'of equal dates the smaller loan id goes first' },
    { amount: 170n, expected: 'a:70 b:100', because: 'then the other loan due that day' },
    { amount: 240n, expected: 'a:140 b:100', because: 'then what is due a week later, oldest loans first' },
    { amount: 340n, expected: 'a:140 b:200', because: 'the loan disbursed later waits its turn' },
    { amount: 370n, expected: 'a:140 b:200 c:30', because: 'that is everything' },
    { amount: 100n, expected: 'payment_not_exact 0.70 1.70', because: 'the money ends inside loan b' },
    { amount: 400n, expected: 'a:140 b:200 c:30', because: 'the rest becomes credit' },
  ])('$amount gives $expected: $because', ({ amount, expected }) =>
    expect(decide([dueLikeFirstsSecond, first, sameDay], amount)).toBe(expected),
  );

  test.each([
    { amount: 120n, expected: 'a:70 b:50', because: 'an any loan takes the part' },
    { amount: 190n, expected: 'payment_not_exact 1.70 2.40', because: 'the exact loan is next and whole' },
  ])('with an any loan between, $amount gives $expected: $because', ({ amount, expected }) =>
    expect(decide([{ ...first, paymentPolicy: 'any' }, sameDay], amount)).toBe(expected),
  );

  test('passes over what a partial loan owes in the future', () =>
    expect(decide([{ ...sameDay, paymentPolicy: 'partial' }, first], 270n, { valueDate: date('2026-01-08') })).toBe(
      'a:70 b:200',
    ));

  test.each([
    { overpayments: ['reject', 'reject'] as const, expected: 'rejected amount_exceeds_outstanding' },
    { overpayments: ['reject', 'credit'] as const, expected: 'a:140 b:200' },
  ])('above everything, $overpayments gives $expected', ({ overpayments: [one, two], expected }) =>
    expect(
      decide(
        [
          { ...sameDay, overpayment: one },
          { ...first, overpayment: two },
        ],
        999n,
      ),
    ).toBe(expected),
  );

  test('leaves out loans that are not active, and loans disbursed after the value date', () => {
    const pending = { ...sameDay, status: 'pending' as const };
    const later = weekly({ loanId: 'd', unpaid: [40n] }, '2026-02-01');
    expect(decide([pending, first, later], 200n, { valueDate: date('2026-01-20') })).toBe('b:200');
  });
});

describe('nothing owed', () => {
  const paid = weekly({ loanId: 'a', unpaid: [0n] });
  const paidRejecting = { ...paid, overpayment: 'reject' as const };
  test.each([
    { loans: [], expected: 'nothing_owed', because: 'there is no loan' },
    { loans: [paid], expected: 'nothing_owed', because: 'the loan is paid' },
    { loans: [{ ...exact, status: 'pending' as const }], expected: 'nothing_owed', because: 'no money went out yet' },
    { loans: [paidRejecting], expected: 'rejected amount_exceeds_outstanding', because: 'all loans refuse excess' },
    { loans: [paidRejecting, { ...paid, loanId: 'b' }], expected: 'nothing_owed', because: 'one takes credit' },
  ])('$expected when $because', ({ loans, expected }) => expect(decide(loans, 5n)).toBe(expected));
});

describe('in the manner of clients who know no credit', () => {
  const manner = { excess: 'reject', order: 'oldest_loan' } as const;
  const oldest = weekly({ loanId: 'b', unpaid: [100n, 100n], paymentPolicy: 'any' }, '2026-01-01');
  const dueFirst = weekly({ loanId: 'a', unpaid: [70n], paymentPolicy: 'any' }, '2026-01-02');
  const elsewhere = { ...oldest, currency: 'USD' };
  test.each([
    { loans: [dueFirst, oldest], amount: 120n, expected: 'b:120', because: 'the oldest loan comes first, whole' },
    { loans: [dueFirst, oldest], amount: 270n, expected: 'b:200 a:70', because: 'that is everything' },
    { loans: [oldest], amount: 201n, expected: 'rejected amount_exceeds_outstanding', because: 'it is above all' },
    { loans: [], amount: 1n, expected: 'rejected amount_exceeds_outstanding', because: 'there is no loan' },
    { loans: [elsewhere], amount: 1n, expected: 'rejected amount_exceeds_outstanding', because: 'none is in IDR' },
  ])('$amount gives $expected: $because', ({ loans, amount, expected }) =>
    expect(decide(loans, amount, { manner })).toBe(expected),
  );

  test('above what a named loan owes it is rejected, whatever the loan says', () =>
    expect(
      decide([dueFirst], 71n, { manner: { ...manner, excess: 'refuse' }, allocations: [{ loanId: 'a', amount: 71n }] }),
    ).toBe('rejected amount_exceeds_outstanding'));
});

describe('a customer who is short of 300', () => {
  const paid = weekly({ loanId: 'a', unpaid: [0n] });
  const dollars = { ...paid, currency: 'USD' };
  test.each([
    { loans: [paid], amount: 300n, expected: 'short:300', because: 'no loan owes' },
    { loans: [paid], amount: 120n, expected: 'short:120', because: 'a part of it does' },
    { loans: [paid], amount: 301n, expected: 'short:300', because: 'the rest becomes credit' },
    {
      loans: [{ ...paid, overpayment: 'reject' as const }],
      amount: 300n,
      expected: 'short:300',
      because: 'it is owed',
    },
    {
      loans: [{ ...paid, overpayment: 'reject' as const }],
      amount: 301n,
      expected: 'rejected amount_exceeds_outstanding',
      because: 'it is above all that is owed',
    },
    { loans: [rejecting], amount: 600n, expected: 'a:300 short:300', because: 'the loans come first' },
    { loans: [rejecting], amount: 601n, expected: 'rejected amount_exceeds_outstanding', because: 'it is above both' },
    { loans: [flexible], amount: 300n, expected: 'a:300', because: 'the loans come first' },
    { loans: [exact], amount: 150n, expected: 'payment_not_exact 1.00 2.00', because: 'a loan still owes' },
    { loans: [exact], amount: 400n, expected: 'a:300 short:100', because: 'it covers all that the loan owes' },
    { loans: [dollars], amount: 300n, expected: 'currency_mismatch', because: 'it has no loan in this currency' },
  ])('$expected for $amount when $because', ({ loans, amount, expected }) =>
    expect(decide(loans, amount, { shortfall: 300n })).toBe(expected),
  );

  test('covers it by no payment that names loans', () =>
    expect(decide([flexible], 301n, { shortfall: 300n, allocations: [{ loanId: 'a', amount: 301n }] })).toBe('a:301'));
});

describe('refusals, in their order', () => {
  const one = (loanId: string, amount = 100n): Part[] => [{ loanId, amount }];
  const closed = weekly({ loanId: 'closed', unpaid: [0n] });
  const pending: LoanAccount = { ...exact, loanId: 'pending', status: 'pending', disbursedOn: null };
  const dollars = { ...exact, loanId: 'dollars', currency: 'USD' };
  const loans = [exact, closed, pending, dollars];
  test.each([
    { allocations: one('nobody'), valueDate: '2026-07-01', expected: 'value_date_in_future' },
    { allocations: [...one('a', 50n), ...one('a', 50n)], expected: 'validation_failed' },
    { allocations: one('nobody', 99n), expected: 'validation_failed' },
    { allocations: one('nobody'), expected: 'not_found' },
    { allocations: one('dollars'), expected: 'currency_mismatch' },
    { allocations: one('a'), valueDate: '2025-12-31', expected: 'value_date_before_disbursement' },
    { allocations: one('pending'), expected: 'state_conflict' },
    { allocations: one('closed'), expected: 'loan_closed' },
    { allocations: [...one('a', 60n), ...one('closed', 40n)], expected: 'payment_not_exact 1.00' },
    { allocations: one('a'), expected: 'a:100' },
    { allocations: null, valueDate: '2025-12-31', expected: 'value_date_before_disbursement' },
    { allocations: null, currency: 'EUR', expected: 'currency_mismatch' },
  ])(
    '$expected for $allocations on $valueDate',
    ({ allocations, valueDate = '2026-06-30', currency = 'IDR', expected }) =>
      expect(decide(loans, 100n, { allocations, valueDate: date(valueDate), currency })).toBe(expected),
  );
});
