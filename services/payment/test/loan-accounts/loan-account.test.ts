import { type AnyEvent, decodeEvent } from '@tenor/contracts';
import { newId } from '@tenor/service-kit';
import { evolveCustomer, isCustomerEvent, showCustomer } from '../../src/loan-accounts/customer-account.ts';
import { evolve, isLoanEvent, type LoanAccount } from '../../src/loan-accounts/loan-account.ts';
import { type BillingMessage, FakeBilling, type LoanTerms } from '../fake-billing.ts';

const paymentId = newId();

function read({ text }: BillingMessage): AnyEvent {
  const decoded = decodeEvent(Buffer.from(text));
  if (!decoded.ok || !decoded.known) throw new Error(text);
  return decoded.event;
}

function project(messages: readonly BillingMessage[], from?: LoanAccount): LoanAccount {
  const account = messages
    .map(read)
    .filter(isLoanEvent)
    .reduce(evolve, from as LoanAccount);
  return account;
}

const shown = ({ status, unpaid, outstanding, lastSequence }: LoanAccount) => ({
  status,
  unpaid: unpaid.map(Number).join(' '),
  outstanding: `${outstanding}`,
  lastSequence: `${lastSequence}`,
});

describe('the projection of a loan', () => {
  const open = (terms: LoanTerms = {}) => {
    const billing = new FakeBilling();
    return { billing, ...billing.open(newId(), terms) };
  };

  test("'loan.opened' brings policy, schedule and currency, and owes nothing yet", () => {
    const { loan, messages } = open({ disburse: false, paymentPolicy: 'any', overpayment: 'reject' });
    expect(project(messages)).toEqual({
      loanId: loan.id,
      customerId: loan.customerId,
      externalRef: null,
      currency: 'IDR',
      status: 'pending',
      paymentPolicy: 'any',
      overpayment: 'reject',
      lateGrowth: null,
      timeZone: null,
      writtenOff: null,
      disbursedOn: null,
      dueDates: ['2026-01-08', '2026-01-15', '2026-01-22'],
      unpaid: [10_000n, 10_000n, 10_000n],
      outstanding: 30_000n,
      lastSequence: 1n,
    });
  });

  test("'loan.approved' and 'loan.disbursed' make it active from its day", () =>
    expect(project(open().messages)).toMatchObject({ status: 'active', disbursedOn: '2026-01-01', lastSequence: 3n }));

  test("'loan.repaid' and 'loan.paid' bring it down to nothing", () => {
    const { billing, loan, messages } = open();
    const active = project([...messages, ...billing.repay(loan, paymentId, '150.00')]);
    expect(shown(active)).toEqual({
      status: 'active',
      unpaid: '0 5000 10000',
      outstanding: '15000',
      lastSequence: '4',
    });
    const paid = project(billing.repay(loan, paymentId, '150.00'), active);
    expect(shown(paid)).toEqual({ status: 'paid', unpaid: '0 0 0', outstanding: '0', lastSequence: '6' });
  });

  test("'loan.repayment_reversed' reopens it, 'loan.repayment_reallocated' shows its new face", () => {
    const { billing, loan, messages } = open();
    const paid = [...messages, ...billing.repay(loan, paymentId, '300.00')];
    const reopened = project([...paid, billing.takeBack(loan, paymentId, ['0.00', '20.00', '100.00'])]);
    expect(shown(reopened)).toEqual({
      status: 'active',
      unpaid: '0 2000 10000',
      outstanding: '12000',
      lastSequence: '6',
    });
    const after = project([billing.reallocate(loan, paymentId, '180.00', '0.00')], reopened);
    expect(shown(after)).toEqual({ ...shown(reopened), lastSequence: '7' });
  });

  test('amounts are in the minor units of their currency', () => {
    const unpaidIn = (currency: string, amount: string) =>
      project(open({ currency, instalments: [amount] }).messages).unpaid;
    expect([unpaidIn('JPY', '44000'), unpaidIn('KWD', '1.234')]).toEqual([[44_000n], [1_234n]]);
  });

  test("an event that says nothing of payments, such as 'loan.became_delinquent', only moves the sequence", () => {
    const { billing, loan, messages } = open();
    const before = project(messages);
    expect(project([billing.delinquent(loan)], before)).toEqual({ ...before, lastSequence: 4n });
  });

  test('an event that was passed already gives back the same account, whatever it says', () => {
    const { billing, loan, messages } = open();
    const repaid = billing.repay(loan, paymentId, '100.00');
    const account = project([...messages, ...repaid]);
    for (const message of [...messages, ...repaid]) expect(project([message], account)).toBe(account);
  });

  test.each([
    { lost: 0, message: 'loan.approved of loan', because: 'it was never opened' },
    { lost: 1, message: 'loan.disbursed of loan', because: 'an event in the middle is missing' },
  ])('fails loudly when $because', ({ lost, message }) => {
    const { messages } = open();
    expect(() => project(messages.filter((_, index) => index !== lost))).toThrow(message);
  });

  test("'loan.snapshot' alone is the whole loan, also over a gap and for a loan that was never seen", () => {
    const { billing, loan, messages } = open();
    const known = project(messages);
    billing.repay(loan, paymentId, '150.00');
    const snapshot = billing.snapshot(loan);
    const expected = { ...known, unpaid: [0n, 5_000n, 10_000n], outstanding: 15_000n, lastSequence: 5n };
    expect(project([snapshot], known)).toEqual(expected);
    expect(project([snapshot])).toEqual(expected);
    const later = project(billing.repay(loan, newId(), '150.00'), project([snapshot]));
    expect(shown(later)).toEqual({ status: 'paid', unpaid: '0 0 0', outstanding: '0', lastSequence: '7' });
  });

  test.each([
    {
      type: 'loan.restructured',
      status: 'active',
      unpaid: [
        { number: 1, due_date: '2026-01-08', amount: '0.00' },
        { number: 2, due_date: '2026-02-08', amount: '120.00' },
      ],
      expected: { dueDates: ['2026-01-08', '2026-02-08'], unpaid: [0n, 12_000n], outstanding: 12_000n },
      because: 'its schedule replaces the one before, also by fewer instalments',
    },
    {
      type: 'loan.written_off',
      status: 'written_off',
      unpaid: [1, 2, 3].map((number) => ({ number, due_date: `2026-02-0${number}`, amount: '0.00' })),
      expected: { unpaid: [0n, 0n, 0n], outstanding: 0n },
      because: 'nothing is outstanding any more',
    },
  ])("'$type' shows the loan's new face: $because", ({ type, status, unpaid, expected }) => {
    const { messages } = open();
    const account = project(messages);
    const outstanding = `${expected.outstanding / 100n}.00`;
    const disbursed = read(messages[2] as BillingMessage);
    const data = { ...disbursed.data, status, unpaid, outstanding };
    const event = { ...disbursed, type, sequence: 4, data } as AnyEvent;
    expect(isLoanEvent(event) && evolve(account, event)).toMatchObject({ status, ...expected, lastSequence: 4n });
  });

  test.each([
    { type: 'loan.rejected', status: 'rejected' },
    { type: 'loan.cancelled', status: 'cancelled' },
    { type: 'loan.failed', status: 'failed' },
  ] as const)("'$type' closes it", ({ type, status }) => {
    const account = project(open({ disburse: false }).messages);
    const event = { ...read(open().messages[0] as BillingMessage), type, sequence: 2 } as AnyEvent;
    expect(isLoanEvent(event) && evolve(account, event).status).toBe(status);
  });
});

describe('the projection of a customer', () => {
  const unknown = {
    id: newId(),
    externalRef: null,
    status: 'active' as const,
    shortfalls: new Map<string, bigint>(),
    lastSequence: 0n,
  };
  test("'customer.changed' follows 'customer.registered'; what was passed changes nothing", () => {
    const billing = new FakeBilling();
    const { customerId, messages } = billing.register();
    const events = [...messages, billing.deactivate(customerId)].map(read).filter(isCustomerEvent);
    const inactive = events.reduce(evolveCustomer, unknown);
    expect(inactive).toEqual({ ...unknown, status: 'inactive', lastSequence: 2n });
    expect(events.reduce(evolveCustomer, inactive)).toBe(inactive);
  });

  test('is short by currency of what the last change of the credit told', () => {
    const billing = new FakeBilling();
    const { loan } = billing.open(unknown.id);
    const dollars = { ...loan, currency: 'USD' };
    const states = [
      billing.reclaim(loan, newId(), '300.00', { shortfall: '300.00' }),
      billing.reclaim(dollars, newId(), '5.00', { shortfall: '5.00' }),
      billing.credit(loan, newId(), '100.00', { loanId: loan.id, shortfall: '200.00' }),
      billing.credit(dollars, newId(), '7.00', { shortfall: '0.00' }),
    ]
      .map(read)
      .filter(isCustomerEvent)
      .map((_, index, all) => all.slice(0, index + 1).reduce(evolveCustomer, unknown).shortfalls);
    expect(states.map((shortfalls) => Object.fromEntries(shortfalls))).toEqual([
      { IDR: 30_000n },
      { IDR: 30_000n, USD: 500n },
      { IDR: 20_000n, USD: 500n },
      { IDR: 20_000n },
    ]);
  });

  test("a loan's snapshot shows the customer only while no event of the customer's own has come", () => {
    const billing = new FakeBilling();
    const { customerId } = billing.register();
    const snapshot = read(billing.snapshot(billing.open(customerId).loan, 'inactive'));
    if (snapshot.type !== 'loan.snapshot') throw new Error(snapshot.type);
    expect(showCustomer(unknown, snapshot.data)).toEqual({ ...unknown, status: 'inactive' });
    const registered = { ...unknown, lastSequence: 1n };
    expect(showCustomer(registered, snapshot.data)).toBe(registered);
    const short = { ...snapshot.data.customer, shortfalls: [{ currency: 'IDR', amount: '300.00' }] };
    const told = { ...snapshot.data, customer: short };
    expect(showCustomer(registered, told)).toEqual({ ...registered, shortfalls: new Map([['IDR', 30_000n]]) });
    const later = { ...registered, lastSequence: 2n };
    expect(showCustomer(later, told)).toBe(later);
  });
});
