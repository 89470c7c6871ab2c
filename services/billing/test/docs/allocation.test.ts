import { remainder, sumOfParts } from '../../src/delinquency/instalment.ts';
import { totalOwed } from '../../src/loans/outstanding.ts';
import { defaultPolicy, type ProductPolicy } from '../../src/products/policy.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import { folded, type LoanGiven, lifecycle, plainTerms, repaid, reversed, text } from '../builders.ts';
import { rowsOf } from './page-tables.ts';

const PAGE = 'allocation.md';
const annuity: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 6,
};
const lent = (policy: Partial<ProductPolicy>): LoanGiven => ({
  principal: '1000.00',
  disbursedOn: '2026-01-01',
  terms: annuity,
  policy: { ...defaultPolicy, ...policy },
});
const after = (given: LoanGiven, ...events: Parameters<typeof folded>[0]) => folded([...lifecycle(given), ...events]);

describe('docs/allocation.md', () => {
  const orders = rowsOf(PAGE, 'order', 'instalment', 'interest', 'principal');
  test.each(['horizontal', 'vertical'])('spreads a late payment in %s order as it says', (order) => {
    const { components } = defaultPolicy.allocationOrder;
    const given = lent({ allocationOrder: { components, vertical: order === 'vertical' } });
    const allocations = after(given, repaid('100.00', '2026-03-15')).effects.at(-1)?.allocations ?? [];
    expect(orders.filter((row) => row.order === order)).toEqual(
      allocations.map(({ instalment, interest, principal }) => ({
        order,
        instalment: `${instalment}`,
        interest: text(interest),
        principal: text(principal),
      })),
    );
  });

  const rules = rowsOf(PAGE, 'rule', 'number', 'due date', 'principal', 'interest', 'unpaid');
  test.each(['next_instalment', 'reduce_term', 'reduce_instalment'] as const)(
    'pays in advance by %s as it says',
    (advancePayment) => {
      const { state } = after(lent({ advancePayment }), repaid('472.55', '2026-02-01'));
      expect(rules.filter(({ rule }) => rule === advancePayment)).toEqual(
        state.instalments.slice(1).map((instalment) => ({
          rule: advancePayment,
          number: `${instalment.number}`,
          'due date': instalment.dueDate,
          principal: text(instalment.principal),
          interest: text(instalment.interest),
          unpaid: text(remainder(instalment)),
        })),
      );
    },
  );

  test('re-allocates what came after a payment that is taken back or dated earlier, as it says', () => {
    const given = { principal: '1000.00', disbursedOn: '2026-11-01', terms: plainTerms(1) };
    const [first, second, third, fourth] = [
      repaid('500.00', '2026-11-02'),
      repaid('10.00', '2026-11-03'),
      repaid('400.00', '2026-11-04'),
      repaid('390.00', '2026-11-05'),
    ];
    const again = repaid('500.00', '2026-11-02', { paymentId: 'again' });
    const paid = [first, second, third, fourth];
    const journals = [
      paid,
      [...paid, reversed(second)],
      [...paid, reversed(second), reversed(first)],
      [...paid, reversed(second), reversed(first), again],
    ];
    const told = journals.map((events) => {
      const { state, effects } = after(given, ...events);
      const last = effects.find(({ event }) => event.id === fourth.id);
      return { outstanding: text(totalOwed(state)), overpaid: text(state.credited), last: text(last?.applied ?? 0n) };
    });
    const rows = rowsOf(PAGE, 'what is known', 'outstanding', 'overpaid', 'of 390.00 applied');
    expect(
      rows.map((row) => ({ outstanding: row.outstanding, overpaid: row.overpaid, last: row['of 390.00 applied'] })),
    ).toEqual(told);
  });

  test.each(rowsOf(PAGE, 'tolerance', 'paid on the last due date', 'given up', 'left'))(
    'with a tolerance of $tolerance, $left is left',
    (row) => {
      const settlement = { ...defaultPolicy.settlement, smallBalanceTolerance: row.tolerance };
      const given = { principal: '100.00', terms: plainTerms(1), policy: { ...defaultPolicy, settlement } };
      const { state, effects } = after(given, repaid(row['paid on the last due date'], '2026-11-08'));
      const waived = effects.at(-1)?.waivers.reduce((sum, parts) => sum + sumOfParts(parts), 0n) ?? 0n;
      expect([text(waived), text(totalOwed(state))]).toEqual([row['given up'], row.left]);
    },
  );
});
