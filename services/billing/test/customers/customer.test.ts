import { type Customer, changeCustomer } from '../../src/customers/customer.ts';
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
  version: 3,
  createdAt: '2026-01-01T00:00:00.000000Z',
};

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
    const decision = changeCustomer(customer, changes, undefined);
    expect(decision).toMatchObject({ statusChanged: status, limitChanged: limit, customer: { version: 4 } });
  });

  test('is refused when another version was meant', () => {
    expect(changeCustomer(customer, {}, 2)).toMatchObject({ refused: 'version_conflict' });
    expect(changeCustomer(customer, {}, 3)).not.toHaveProperty('refused');
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
