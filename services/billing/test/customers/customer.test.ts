import { type Customer, changeCustomer, limitBy } from '../../src/customers/customer.ts';
import { limitOf } from '../../src/customers/limit-policy.ts';
import { readMoney } from '../../src/customers/money-input.ts';
import {
  decodePersonalData,
  encodePersonalData,
  type PersonalData,
  searchWords,
} from '../../src/customers/personal-data.ts';

const customer: Customer = {
  id: '01930000-0000-7000-8000-00000000000c',
  externalRef: 'f'.repeat(64),
  status: 'active',
  creditLimit: { minor: 100n, currency: 'IDR' },
  limitPolicy: null,
  version: 3,
  createdAt: '2026-01-01T00:00:00.000000Z',
};

const unchanged = { monthlyIncome: null };
const rupiah = (units: bigint) => ({ minor: units * 100n, currency: 'IDR' });

describe('a change of a customer', () => {
  test.each([
    { because: 'nothing of both is named', changes: {}, status: false, limit: false },
    { because: 'the status is the same', changes: { status: 'active' as const }, status: false, limit: false },
    { because: 'the status is another', changes: { status: 'inactive' as const }, status: true, limit: false },
    { because: 'the limit goes', changes: { creditLimit: null }, status: false, limit: true },
    {
      because: 'the limit is equal',
      changes: { creditLimit: { minor: 100n, currency: 'IDR' } },
      status: false,
      limit: false,
    },
    {
      because: 'its currency differs',
      changes: { creditLimit: { minor: 100n, currency: 'USD' } },
      status: false,
      limit: true,
    },
  ])('announces status $status, limit $limit when $because', ({ changes, status, limit }) => {
    const decision = changeCustomer(customer, { ...changes, monthlyIncome: null }, undefined);
    expect(decision).toMatchObject({ statusChanged: status, limitChanged: limit, customer: { version: 4 } });
  });

  test('is refused when another version was meant', () => {
    expect(changeCustomer(customer, unchanged, 2)).toMatchObject({ refused: 'version_conflict' });
    expect(changeCustomer(customer, unchanged, 3)).not.toHaveProperty('refused');
  });
});

describe('a limit that follows from the income', () => {
  test.each([
    { income: 12_500n, limit: 500_000n, because: '450,000 is as near to 400,000 as to 500,000, and ties go up' },
    { income: 12_499n, limit: 400_000n, because: '449,964 is nearer to 400,000' },
    { income: 50_000n, limit: 1_800_000n, because: 'it is a multiple of the step' },
    { income: 1_388n, limit: 0n, because: '49,968 is nearer to nothing' },
    { income: 1_389n, limit: 100_000n, because: '50,004 is nearer to 100,000' },
    { income: 0n, limit: 0n, because: 'nothing is earned' },
  ])('of $income is $limit, since $because', ({ income, limit }) => {
    expect(limitOf(rupiah(income), 'income_36')).toEqual(rupiah(limit));
  });

  test('is in whole units of any currency', () => {
    expect(limitOf({ minor: 12_500n, currency: 'JPY' }, 'income_36')).toEqual({ minor: 500_000n, currency: 'JPY' });
    expect(limitOf({ minor: 12_500_000n, currency: 'KWD' }, 'income_36')).toEqual({
      minor: 500_000_000n,
      currency: 'KWD',
    });
  });

  const earning: Customer = { ...customer, creditLimit: rupiah(500_000n), limitPolicy: 'income_36' };
  const changed = (changes: Parameters<typeof changeCustomer>[1]) => {
    const decision = changeCustomer(earning, changes, undefined);
    if ('refused' in decision) throw new Error(decision.detail);
    const { creditLimit, limitPolicy } = decision.customer;
    return [creditLimit, limitPolicy, decision.limitChanged];
  };
  test.each([
    { changes: { monthlyIncome: rupiah(12_500n) }, limit: rupiah(500_000n), policy: 'income_36', isNew: false },
    { changes: { monthlyIncome: rupiah(50_000n) }, limit: rupiah(1_800_000n), policy: 'income_36', isNew: true },
    { changes: { monthlyIncome: null, creditLimit: rupiah(7n) }, limit: rupiah(7n), policy: null, isNew: true },
    { changes: { monthlyIncome: null, creditLimit: null }, limit: null, policy: null, isNew: true },
    { changes: { monthlyIncome: null, limitPolicy: null }, limit: rupiah(500_000n), policy: null, isNew: false },
  ] as const)('$changes leaves $limit by $policy', ({ changes, limit, policy, isNew }) => {
    expect(changed(changes)).toEqual([limit, policy, isNew]);
  });

  test.each([
    { given: limitBy('income_36', rupiah(1n), rupiah(1n)), pointer: '/credit_limit', code: 'alone' },
    { given: limitBy('income_36', null, null), pointer: '/monthly_income', code: 'required' },
    { given: limitBy('income_36', null, rupiah(10n ** 14n)), pointer: '/monthly_income', code: 'too_large' },
  ])('is refused as $code', ({ given, pointer, code }) => {
    expect(given).toMatchObject({ refused: 'validation_failed', meta: { errors: [{ pointer, code }] } });
  });
});

describe('personal data', () => {
  const ana: PersonalData = {
    externalId: 'C-1',
    firstName: 'Ana María',
    lastName: 'Ng',
    email: 'Ana@Example.com',
    phone: null,
    monthlyIncome: { amount: '12500.00', currency: 'IDR' },
  };

  test('comes back from its text as it was', () => {
    expect(decodePersonalData(encodePersonalData(ana))).toEqual(ana);
  });

  test('of a format from the future is not guessed at', () => {
    expect(() => decodePersonalData('{"format":99}')).toThrow(/format 99/);
  });

  test('is found by each of its words once, in lower case', () => {
    expect(searchWords(ana)).toEqual(['ana', 'maría', 'ng', 'ana@example.com', 'c-1']);
  });
});

describe('money in a request', () => {
  test.each([
    { amount: '12.5', currency: 'IDR', minor: 1250n },
    { amount: '7', currency: 'JPY', minor: 7n },
    { amount: '0.001', currency: 'KWD', minor: 1n },
  ])('$amount $currency is $minor minor units', ({ minor, ...input }) => {
    expect(readMoney(input, '/principal')).toEqual({ minor, currency: input.currency });
  });

  test.each([
    { amount: '1.001', currency: 'USD', code: 'too_many_decimals', pointer: '/principal/amount' },
    { amount: '1', currency: 'XXQ', code: 'unknown_currency', pointer: '/principal/currency' },
    { amount: '0', currency: 'USD', code: 'not_positive', pointer: '/principal/amount' },
    { amount: '-1', currency: 'USD', code: 'not_positive', pointer: '/principal/amount' },
  ])('$amount $currency is refused as $code', ({ code, pointer, ...input }) => {
    expect(readMoney(input, '/principal')).toMatchObject({
      refused: 'validation_failed',
      meta: { errors: [{ pointer, code }] },
    });
  });

  test('zero is a limit like any other', () => {
    expect(readMoney({ amount: '0', currency: 'USD' }, '', 'allowed')).toEqual({ minor: 0n, currency: 'USD' });
  });
});
