import { date } from '@tenor/calendar';
import { accounts } from '../../src/ledger/account.ts';
import { balances, difference, type Posting, postingsOf } from '../../src/ledger/posting.ts';
import { folded, lifecycle, repaid, reversed, weeklyTerms } from '../builders.ts';

const postings = (events: Parameters<typeof folded>[0]): Posting[] => {
  const { effects, state } = folded(events);
  return postingsOf(effects, state);
};

/** Balances without the accounts that net to nothing. */
const netOf = (entries: readonly Posting[]) =>
  Object.fromEntries([...balances(entries)].filter(([, net]) => net !== 0n));

const flat = { principal: '2000000.00', currency: 'IDR', terms: weeklyTerms };

describe('postings', () => {
  test('of a disbursement move the principal from cash to the loan', () => {
    expect(postings(lifecycle(flat))).toEqual([
      {
        eventId: expect.any(String),
        valueDate: date('2026-11-01'),
        debit: 'loan_principal',
        credit: 'cash_clearing',
        amount: 200_000_000n,
        currency: 'IDR',
        instalment: null,
        component: 'disbursement',
      },
    ]);
  });

  test('of a disbursement with fees owe them as principal, as income of the lender', () => {
    const fee = { charged: 'at_disbursement', percent: null } as const;
    const fees = [
      { ...fee, code: 'origination', amount: '20000.00', treatment: 'deducted' },
      { ...fee, code: 'insurance', amount: '5000.00', treatment: 'financed' },
    ] as const;
    const entries = postings(lifecycle({ ...flat, terms: { ...weeklyTerms, fees } }));
    expect(netOf(entries)).toEqual({
      loan_principal: 200_500_000n,
      cash_clearing: -198_000_000n,
      fee_income: -2_500_000n,
    });
  });

  test('of a repayment credit principal and, earned as it is paid, interest', () => {
    const payment = repaid('44000.00', '2026-11-08');
    const { valueDate } = payment;
    const common = { eventId: payment.id, valueDate, debit: 'cash_clearing', currency: 'IDR', instalment: 1 };
    expect(postings([...lifecycle(flat), payment]).slice(1)).toEqual([
      { ...common, credit: 'interest_income', amount: 400_000n, component: 'interest' },
      { ...common, credit: 'loan_principal', amount: 4_000_000n, component: 'principal' },
    ]);
  });

  test('of an excess credit the customer', () => {
    const entries = postings([...lifecycle(), repaid('1300.00', '2026-11-02')]);
    expect(netOf(entries)).toEqual({ cash_clearing: 30_000n, customer_credit: -30_000n });
  });

  test('book fees and penalties to their incomes', () => {
    const [entry] = folded(lifecycle()).effects;
    if (entry === undefined) throw new Error('a loan without events');
    const allocation = { instalment: 2, principal: 0n, interest: 0n, fee: 5n, penalty: 7n };
    const entries = postingsOf([{ ...entry, allocations: [allocation] }], { currency: 'USD' });
    expect(netOf(entries)).toEqual({ cash_clearing: 12n, fee_income: -5n, penalty_income: -7n });
  });

  test('of a whole loan leave the interest earned, and nothing on the loan', () => {
    const payments = Array.from({ length: 50 }, (_, week) =>
      repaid('44000.00', '2026-11-08', { paymentId: `payment-${week}` }),
    );
    const entries = postings([...lifecycle(flat), ...payments]);
    expect(netOf(entries)).toEqual({ cash_clearing: 20_000_000n, interest_income: -20_000_000n });
    expect(entries.every(({ amount, debit, credit }) => amount > 0n && debit !== credit)).toBe(true);
  });

  test('use accounts of the chart alone', () => {
    const entries = postings([...lifecycle(flat), repaid('3000000.00', '2026-11-08')]);
    for (const { debit, credit } of entries) expect([accounts[debit], accounts[credit]]).not.toContain(undefined);
  });
});

describe('the difference of two folds', () => {
  const first = repaid('500.00', '2026-11-02');
  const second = repaid('700.00', '2026-11-03');
  const loan = lifecycle();
  const before = postings([...loan, first, second]);
  const after = postings([...loan, first, second, reversed(first)]);

  test('is nothing between equal books, in whatever order', () => {
    expect(difference(before, before.toReversed())).toEqual([]);
  });

  test('is everything when nothing was booked', () => {
    expect(netOf(difference([], before))).toEqual(netOf(before));
  });

  test('posts only deltas, exchanged where an amount falls, on the original value dates', () => {
    const common = { currency: 'USD', instalment: 1, component: 'principal' };
    const excess = { currency: 'USD', instalment: null, component: 'excess' };
    expect(difference(before, after)).toEqual(
      expect.arrayContaining([
        // The reversed payment is taken back whole.
        {
          ...common,
          eventId: first.id,
          valueDate: first.valueDate,
          debit: 'loan_principal',
          credit: 'cash_clearing',
          amount: 50_000n,
        },
        // The later one now repays 200 more, which is credit no longer.
        {
          ...common,
          eventId: second.id,
          valueDate: second.valueDate,
          debit: 'cash_clearing',
          credit: 'loan_principal',
          amount: 20_000n,
        },
        {
          ...excess,
          eventId: second.id,
          valueDate: second.valueDate,
          debit: 'customer_credit',
          credit: 'cash_clearing',
          amount: 20_000n,
        },
      ]),
    );
    expect(difference(before, after)).toHaveLength(3);
  });

  test('added to what was booked gives the new books, also after several differences', () => {
    const booked = [...before, ...difference(before, after)];
    expect(difference(booked, after)).toEqual([]);
    expect(netOf(booked)).toEqual(netOf(after));
    expect(netOf([...booked, ...difference(booked, before)])).toEqual(netOf(before));
  });
});
