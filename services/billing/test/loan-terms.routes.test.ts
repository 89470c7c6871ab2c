import { cellsOf, examplesOf } from './docs/page-examples.ts';
import { type BillingTest, settled, startBillingTest } from './harness.ts';

const examples = examplesOf('schedules.md').examples.filter(({ request }) => request.disbursed_on !== undefined);

describe('a loan of a product with the terms of an example of docs/schedules.md', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('loan-terms');
  });
  afterAll(() => billing.stop());

  test.each(examples.map((example, index) => ({ ...example, code: `example-${index}` })))(
    'owes what the page says and is paid by that: $code, $request.terms.interest_method',
    async ({ request: { terms, principal, disbursed_on }, rows, code }) => {
      const { currency } = principal;
      const product = { code, name: code, currency, terms };
      expect((await billing.post('/v1/products', product, { role: 'admin' })).status).toBe(201);
      const customerId = await billing.customer();
      const loan = await billing.loan(customerId, { product: code, principal, disbursed_on });
      const { body } = await billing.get(`/v1/loans/${loan.id}/schedule`);
      expect(cellsOf(body.instalments)).toEqual(rows);

      await billing.apply(settled({ customerId, currency, amount: String(body['total']) }));
      expect((await billing.get(`/v1/loans/${loan.id}`)).body).toMatchObject({ status: 'paid' });
      expect(await billing.isProven(loan.id)).toBe(true);
      expect(await balances(loan.id)).toEqual({ loan_principal: '0' });
    },
  );

  /** Debits less credits in minor units: of the accounts of what is owed, which a paid loan leaves empty. */
  async function balances(loanId: string): Promise<Record<string, string>> {
    const found = await billing.rows<{ account: string; net: string }>(
      `select account, sum(amount)::text as net
         from (select debit as account, amount from ledger_entries where loan_id = $1
               union all select credit, -amount from ledger_entries where loan_id = $1) sides
        where account in ('loan_principal', 'interest_receivable', 'fee_receivable')
        group by 1`,
      [loanId],
    );
    return Object.fromEntries(found.map(({ account, net }) => [account, net]));
  }
});
