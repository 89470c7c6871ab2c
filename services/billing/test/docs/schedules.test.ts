import type { RoundingMode } from '@tenor/money';
import type { GivenTerms } from '../../src/products/terms.ts';
import { type BillingTest, startBillingTest } from '../harness.ts';
import { amount, plan } from '../schedules/plans.ts';
import { cellsOf, examplesOf } from './page-examples.ts';
import { rowsOf } from './page-tables.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('docs');
});
afterAll(() => billing.stop());

describe.each([
  { page: 'schedules.md', count: 16 },
  { page: 'rounding.md', count: 4 },
])('docs/$page', ({ page, count }) => {
  const { blocks, examples } = examplesOf(page);

  test('has an answer under each of its examples', () => expect([blocks, examples.length]).toEqual([count, count]));

  test.each(examples)(
    'tells in example $# what becomes of $request.principal.amount by $request.terms.interest_method',
    async ({ request, rows }) => {
      const { status, body } = await billing.post('/v1/quotes', request);
      expect(status).toBe(200);
      expect(cellsOf(body.instalments)).toEqual(rows);
    },
  );
});

describe('the modes of docs/rounding.md', () => {
  const rows = rowsOf('rounding.md', 'rounding', 'a part of a unit');

  test('are all there', () => {
    expect(rows.map(({ rounding }) => modeOf(rounding))).toEqual(['half_even', 'half_up', 'up', 'down']);
  });

  test.each(rows)('$rounding', ({ rounding, 'a part of a unit': _meaning, ...interests }) => {
    for (const [column, interest] of Object.entries(interests)) {
      const terms: GivenTerms = {
        interestMethod: 'annuity',
        annualRatePercent: '10',
        frequency: { every: 1, unit: 'month' },
        numberOfInstalments: 1,
        rounding: modeOf(rounding),
      };
      const principal = /^on ([\d.]+):/.exec(column)?.[1] ?? '';
      expect(amount(plan(terms, principal)[0]?.interest ?? -1n)).toBe(interest);
    }
    expect(Object.keys(interests)).toHaveLength(4);
  });
});

function modeOf(cell: string): RoundingMode {
  return cell.split(' ')[0] as RoundingMode;
}
