import { date } from '@tenor/calendar';
import { advanceOf } from '../../src/loans/advance-payment.ts';
import { outstanding } from '../../src/loans/outstanding.ts';
import { defaultPolicy, type ProductPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { folded, lifecycle, loanWith, minor, repaid, reversed, text, weeklyTerms } from '../builders.ts';

type Rule = ProductPolicy['advancePayment'];
const annuity: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
};
const ruled = (advancePayment: Rule, more: Partial<ProductPolicy> = {}): ProductPolicy => ({
  ...defaultPolicy,
  advancePayment,
  ...more,
});
const lent = (advancePayment: Rule, terms: Terms = annuity) => ({
  principal: '1000.00',
  disbursedOn: '2026-01-01',
  terms,
  policy: ruled(advancePayment),
});
const rows = ({ instalments }: ReturnType<typeof loanWith>) =>
  instalments.map(({ number, dueDate, principal, interest }) => [number, dueDate, text(principal), text(interest)]);

test('a loan of 1,000 at 12 % over six months, for comparison', () =>
  expect(rows(loanWith(lent('reduce_term')))).toEqual([
    [1, '2026-02-01', '162.55', '10.00'],
    [2, '2026-03-01', '164.18', '8.37'],
    [3, '2026-04-01', '165.82', '6.73'],
    [4, '2026-05-01', '167.48', '5.07'],
    [5, '2026-06-01', '169.15', '3.40'],
    [6, '2026-07-01', '170.82', '1.71'],
  ]));

describe('300 beyond what is due on a due date', () => {
  const payment = repaid('472.55', '2026-02-01');

  test('leaves fewer instalments of the same amount, the last smaller', () => {
    const loan = loanWith(lent('reduce_term'), payment);
    // 537.45 at 1 % a month.
    expect(rows(loan)).toEqual([
      [1, '2026-02-01', '162.55', '10.00'],
      [2, '2026-03-01', '167.18', '5.37'],
      [3, '2026-04-01', '168.85', '3.70'],
      [4, '2026-05-01', '170.54', '2.01'],
      [5, '2026-06-01', '30.88', '0.31'],
    ]);
    expect(loan).toMatchObject({ maturityDate: '2026-06-01', plan: { kind: 'reduce_term', version: 2 } });
    expect(text(outstanding(loan, date('2026-02-01')).principal)).toBe('537.45');
  });

  test('leaves as many instalments, each smaller', () => {
    const loan = loanWith(lent('reduce_instalment'), payment);
    expect(rows(loan)).toEqual([
      [1, '2026-02-01', '162.55', '10.00'],
      [2, '2026-03-01', '105.37', '5.37'],
      [3, '2026-04-01', '106.42', '4.32'],
      [4, '2026-05-01', '107.48', '3.26'],
      [5, '2026-06-01', '108.56', '2.18'],
      [6, '2026-07-01', '109.62', '1.10'],
    ]);
  });

  test('is what it was again once the payment is taken back', () =>
    expect(folded([...lifecycle(lent('reduce_term')), payment, reversed(payment)]).state).toMatchObject({
      plan: null,
      maturityDate: '2026-07-01',
    }));
});

test('of the running period the interest is exact: by days before and after the payment', () => {
  // 837.45 at 1 % a month over 14 of 28 days, 4.187, and 537.45 over the other 14, 2.687.
  const loan = loanWith(lent('reduce_instalment'), repaid('172.55', '2026-02-01'), repaid('300.00', '2026-02-15'));
  expect(rows(loan)[1]?.[3]).toBe('6.87');
  expect(text(outstanding(loan, date('2026-02-15')).principal)).toBe('537.45');
});

test('two payments in one period each count from their day', () => {
  const payments = [repaid('172.55', '2026-02-01'), repaid('100.00', '2026-02-08'), repaid('200.00', '2026-02-15')];
  // 837.45, 737.45 and 537.45 over a quarter, a quarter and a half of the month: 2.0936 + 1.8436 + 2.6873.
  const loan = loanWith(lent('reduce_term'), ...payments);
  expect(rows(loan)[1]?.[3]).toBe('6.62');
  expect(loan.plan).toMatchObject({ version: 3, after: 1 });
});

describe('all that is owed, paid before it is due', () => {
  test.each<[string, Rule]>([
    ['fewer', 'reduce_term'],
    ['smaller', 'reduce_instalment'],
  ])('ends the loan with the interest until that day, where instalments become %s', (_, rule) => {
    const { state, effects } = folded([
      ...lifecycle(lent(rule)),
      repaid('172.55', '2026-02-01'),
      repaid('900.00', '2026-02-15'),
    ]);
    expect(state.status).toBe('paid');
    // 837.45 and half a month of it.
    expect(text(effects.at(-1)?.applied ?? 0n)).toBe('841.64');
    expect(text(state.credited)).toBe('58.36');
  });

  test('leaves the interest until that day owed, where it pays only the principal', () => {
    const loan = loanWith(lent('reduce_term'), repaid('172.55', '2026-02-01'), repaid('837.45', '2026-02-15'));
    expect(loan.status).toBe('active');
    expect(outstanding(loan, date('2026-02-15'))).toMatchObject({ principal: 0n, interest: minor('4.19') });
    expect(loan.maturityDate).toBe('2026-03-01');
  });
});

describe('where interest follows from no rate', () => {
  const flat: Terms = { ...weeklyTerms, numberOfInstalments: 4 };
  const paid = (rule: Rule, terms: Terms) => loanWith(lent(rule, terms), repaid('475.00', '2026-01-08'));

  test('fewer instalments are left when the last ones are paid first, and no interest is given back', () => {
    const loan = paid('reduce_term', flat);
    expect(loan.instalments.map((each) => text(each.paid.principal + each.paid.interest))).toEqual([
      '275.00',
      '0.00',
      '0.00',
      '200.00',
    ]);
    expect(outstanding(loan, date('2026-01-08'))).toMatchObject({ total: minor('625.00'), interest: minor('50.00') });
  });

  test('smaller instalments share what is left of principal and interest', () => {
    const loan = paid('reduce_instalment', flat);
    expect(rows(loan)).toEqual([
      [1, '2026-01-08', '250.00', '25.00'],
      [2, '2026-01-15', '183.33', '25.00'],
      [3, '2026-01-22', '183.33', '25.00'],
      [4, '2026-01-29', '183.34', '25.00'],
    ]);
    expect(text(outstanding(loan, date('2026-01-08')).total)).toBe('625.00');
  });
});

test('what is due is paid before anything is paid back', () => {
  const loan = loanWith(lent('reduce_term'), repaid('150.00', '2026-02-15'));
  expect(loan.plan).toBeNull();
  expect(text(outstanding(loan, date('2026-02-15')).dueNow)).toBe('22.55');
});

test('an interest method takes what it can of the rule', () =>
  expect([
    advanceOf('reduce_term', 'balloon'),
    advanceOf('reduce_term', 'bullet'),
    advanceOf('reduce_term', 'fixed_instalment'),
    advanceOf('reduce_instalment', 'none'),
    advanceOf('next_instalment', 'annuity'),
  ]).toEqual(['pay_next', { replan: 'reduce_instalment' }, 'pay_last', { replan: 'reduce_instalment' }, 'pay_next']));
