import { date } from '@tenor/calendar';
import { money } from '@tenor/money';
import { checkUse } from '../../src/credit-balances/credit-use.ts';
import type { ProductPolicy } from '../../src/products/product.ts';
import { folded, loanWith, minor, opened, plainTerms, policyWith, repaid } from '../builders.ts';

const policy = (paymentPolicy: ProductPolicy['paymentPolicy']): ProductPolicy => ({ ...policyWith(), paymentPolicy });
/** Four weekly instalments of 250.00 from 2026-11-01, the first of which is paid. */
const loan = (paymentPolicy: ProductPolicy['paymentPolicy']) =>
  loanWith({ terms: plainTerms(4), policy: policy(paymentPolicy) }, repaid('250.00', '2026-11-02'));
const use = (amount: string, currency = 'USD') => money(minor(amount, currency), currency);
const on = date('2026-11-16');

describe('using credit for a loan', () => {
  test.each([
    { paymentPolicy: 'any', amount: '0.01' },
    { paymentPolicy: 'any', amount: '750.00' },
    { paymentPolicy: 'exact', amount: '250.00' },
    { paymentPolicy: 'exact', amount: '500.00' },
    { paymentPolicy: 'partial', amount: '10.00' },
    { paymentPolicy: 'partial', amount: '750.00' },
  ] as const)('takes $amount under the policy $paymentPolicy', ({ paymentPolicy, amount }) =>
    expect(checkUse(use(amount), loan(paymentPolicy), on)).toBeUndefined(),
  );

  test.each([
    { paymentPolicy: 'exact', amount: '300.00', amounts: ['250.00', '500.00'] },
    { paymentPolicy: 'exact', amount: '249.99', amounts: ['250.00'] },
    { paymentPolicy: 'partial', amount: '300.00', amounts: ['250.00', '750.00'] },
  ] as const)("is 'payment_not_exact' with $amount under $paymentPolicy", ({ paymentPolicy, amount, amounts }) =>
    expect(checkUse(use(amount), loan(paymentPolicy), on)).toMatchObject({
      refused: 'payment_not_exact',
      meta: { amounts },
    }),
  );

  test.each([
    { what: 'another currency', refused: 'currency_mismatch', loan: loan('any'), amount: use('1', 'JPY') },
    { what: 'a loan not paid out', refused: 'state_conflict', loan: folded([opened()]).state, amount: use('1.00') },
    {
      what: 'a paid loan',
      refused: 'loan_closed',
      loan: loanWith({}, repaid('1000.00', '2026-11-02')),
      amount: use('1.00'),
    },
    { what: 'more than is owed', refused: 'amount_exceeds_outstanding', loan: loan('any'), amount: use('750.01') },
  ])("is '$refused' for $what", ({ refused, loan: state, amount }) =>
    expect(checkUse(amount, state, on)).toMatchObject({ refused }),
  );
});
