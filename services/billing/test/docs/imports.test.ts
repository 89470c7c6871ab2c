import { readFileSync } from 'node:fs';
import { type BillingTest, startBillingTest } from '../harness.ts';
import { imported, rowsOf } from '../imports/support.ts';
import { rowsOf as tableOf } from './page-tables.ts';

let billing: BillingTest;
beforeAll(async () => {
  billing = await startBillingTest('docs-imports');
});
afterAll(() => billing.stop());

test('docs/imports.md: the rows of the worked example end as its table says', async () => {
  const page = readFileSync(new URL('../../../../docs/imports.md', import.meta.url), 'utf8');
  const [, file = ''] = /```csv\n([\s\S]*?)```/.exec(page) ?? [];
  const job = await imported(billing, { file, name: 'example.csv', fields: { kind: 'customers', currency: 'INR' } });
  const rows = (await rowsOf(billing, job.id)) as unknown as {
    row: number;
    outcome: string;
    refusal: { code: string; errors: { pointer: string }[] } | null;
  }[];
  const told = rows.map(({ row, outcome, refusal }) => ({
    row: String(row),
    outcome,
    code: refusal?.code ?? '',
    at: refusal?.errors[0]?.pointer ?? '',
  }));
  expect(told).toEqual(tableOf('imports.md', 'row', 'outcome', 'code', 'at'));
  const refused = await billing.get(`/v1/imports/${job.id}/errors`);
  expect(refused.text).toContain("\r\n302,'=Bo,Li,old,");
});
