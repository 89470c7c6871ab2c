import { date } from '@tenor/calendar';
import {
  decodeEvent,
  loanCharged,
  loanDisbursed,
  loanRestructured,
  loanWaived,
  loanWrittenOff,
} from '@tenor/contracts';
import { newId } from '@tenor/service-kit';
import { evolve, isLoanEvent, type LoanAccount } from '../../src/loan-accounts/loan-account.ts';
import { decidePayment, type PaymentRequest } from '../../src/payments/payment-decision.ts';
import { type BillingMessage, FakeBilling, type LoanTerms } from '../fake-billing.ts';
import { growth } from '../loans.ts';

const today = date('2026-01-20');

function project(messages: readonly BillingMessage[]): LoanAccount {
  return messages
    .map(({ text }) => {
      const decoded = decodeEvent(Buffer.from(text));
      if (!decoded.ok || !decoded.known) throw new Error(text);
      return decoded.event;
    })
    .filter(isLoanEvent)
    .reduce(evolve, undefined as unknown as LoanAccount);
}

/** What becomes of a payment of that many units: the amount that the loans are asked to take, or the refusal. */
function decide(loans: readonly LoanAccount[], units: bigint, given: Partial<PaymentRequest> = {}): string {
  const standard = { currency: 'IDR', valueDate: today, businessDate: date('2026-06-01'), allocations: null };
  const request = { amount: units * 100n, ...standard, ...given };
  const decision = decidePayment(request, { loans, reserved: new Map() });
  if ('refused' in decision) return [decision.refused, decision.meta?.['amounts']].join(' ').trim();
  if (decision.outcome === 'rejected') return decision.code;
  return decision.parts.map(({ amount }) => String(amount / 100n)).join(' ');
}

const opened = (terms: LoanTerms = {}) => {
  const billing = new FakeBilling();
  return { billing, ...billing.open(newId(), terms) };
};

describe('a payment for an exact loan of three instalments of 100', () => {
  test('pays the instalment with what was charged to it, and without what was waived', () => {
    const { billing, loan, messages } = opened();
    const charged = [...messages, billing.change(loan, loanCharged, ['100.00', '106.00', '100.00'])];
    expect([decide([project(charged)], 206n), decide([project(charged)], 200n)]).toEqual([
      '206',
      'payment_not_exact 100.00,206.00',
    ]);
    const waived = [...charged, billing.change(loan, loanWaived, ['100.00', '102.00', '100.00'])];
    expect(decide([project(waived)], 202n)).toBe('202');
  });

  test('goes by the new plan, be it longer or shorter', () => {
    const { billing, loan, messages } = opened();
    const longer = [
      ...messages,
      billing.change(loan, loanRestructured, ['100.00', '50.00', '50.00', '50.00', '50.00']),
    ];
    expect(project(longer)).toMatchObject({ dueDates: { length: 5 }, outstanding: 30_000n });
    expect([decide([project(longer)], 150n), decide([project(longer)], 175n)]).toEqual([
      '150',
      'payment_not_exact 150.00,200.00',
    ]);
    const shorter = [...longer, billing.change(loan, loanRestructured, ['0.00', '60.00'])];
    expect(project(shorter)).toMatchObject({ unpaid: [0n, 6_000n], dueDates: { length: 2 } });
    expect([decide([project(shorter)], 60n), decide([project(shorter)], 50n)]).toEqual([
      '60',
      'payment_not_exact 60.00',
    ]);
  });

  test('finds nothing owed once the loan is written off', () => {
    const { billing, loan, messages } = opened();
    const change = billing.change(loan, loanWrittenOff, ['0.00', '0.00', '0.00'], { status: 'written_off' });
    const account = project([...messages, change]);
    expect(account).toMatchObject({ status: 'written_off', outstanding: 0n });
    expect(decide([account], 100n)).toBe('nothing_owed');
  });

  test('takes what came in until the write-off, up to what was given up, and nothing of later', () => {
    const { billing, loan, messages } = opened();
    const given = { status: 'written_off', written_off: { on: '2026-05-01', amount: '300.00' } };
    const account = project([...messages, billing.change(loan, loanWrittenOff, ['0.00', '0.00', '0.00'], given)]);
    expect(account).toMatchObject({ outstanding: 0n, writtenOff: { on: '2026-05-01', amount: 30_000n } });
    const on = (valueDate: string, amount: bigint, allocations: PaymentRequest['allocations'] = null) =>
      decide([account], amount, { valueDate: date(valueDate), allocations });
    const named = (amount: bigint) => [{ loanId: account.loanId, amount: amount * 100n }];
    expect([on('2026-05-01', 45n), on('2026-05-01', 45n, named(45n)), on('2026-01-20', 300n)]).toEqual([
      '45',
      '45',
      '300',
    ]);
    expect([on('2026-05-02', 45n), on('2026-05-02', 45n, named(45n))]).toEqual(['nothing_owed', 'loan_closed']);
  });

  test('may be dated before a further disbursement', () => {
    const { billing, loan, messages } = opened();
    const more = billing.change(loan, loanDisbursed, ['100.00', '150.00', '150.00'], { disbursed_on: '2026-01-19' });
    expect(project([...messages, more])).toMatchObject({ disbursedOn: '2026-01-01', outstanding: 40_000n });
  });
});

test('a payment after a top-up goes to the new loan, since the old one is paid', () => {
  const { billing, loan, messages } = opened();
  const next = billing.open(loan.customerId, { instalments: ['250.00', '250.00'] });
  const old = project([...messages, ...billing.repay(loan, newId(), '300.00', 'credit')]);
  expect(old).toMatchObject({ status: 'paid', outstanding: 0n });
  expect(decide([old, project(next.messages)], 250n)).toBe('250');
});

describe('a loan of which grows what is late', () => {
  // On 20 January the first is late by twelve days, the second by five.
  const lateGrowth = growth({ percent_per_day: '1' });

  test('says by how much from its opening on, and takes that much more', () => {
    const { billing, loan, messages } = opened({ lateGrowth });
    const account = project([...messages, billing.change(loan, loanCharged, ['100.00', '106.00', '100.00'])]);
    expect([project(messages).lateGrowth, account.lateGrowth]).toEqual([lateGrowth, lateGrowth]);
    expect([decide([account], 112n), decide([account], 113n), decide([project(opened().messages)], 112n)]).toEqual([
      '112',
      'payment_not_exact 100.00,206.00',
      'payment_not_exact 100.00,200.00',
    ]);
  });

  test('says it anew when it is planned anew', () => {
    const { billing, loan, messages } = opened({ lateGrowth });
    const dearer = growth({ percent_per_day: '2' });
    const change = billing.change(loan, loanRestructured, ['100.00', '100.00', '100.00'], { late_growth: dearer });
    const account = project([...messages, change]);
    expect([account.lateGrowth, decide([account], 124n), decide([account], 125n)]).toEqual([
      dearer,
      '124',
      'payment_not_exact 100.00,200.00',
    ]);
  });
});
