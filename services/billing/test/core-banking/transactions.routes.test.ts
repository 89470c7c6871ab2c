import { readFileSync } from 'node:fs';
import { asEngine, engine, numbers, type Outside, startWithOutside } from '../scoring/with-outside.ts';

const golden = readFileSync(new URL('../golden/transaction-summary.json', import.meta.url), 'utf8');
/** The text of the example's fields, without the layout. */
const exampleText = golden
  .slice(golden.indexOf('{', golden.indexOf('"example"')), golden.lastIndexOf('}'))
  .replace(/\n\s*/g, '')
  .replaceAll('": ', '":')
  .trim();

let outside: Outside;
beforeAll(async () => {
  outside = await startWithOutside('transactions');
});
afterAll(() => outside.stop());
afterEach(() => outside.recover());

const [number] = numbers;

test('answers the summaries with the names of the golden file and every digit of their numbers', async () => {
  const { status, text, headers } = await outside.billing.get(`/transactions/${number}`, asEngine());
  expect(status).toBe(200);
  expect(text).toBe(`[${exampleText}]`);
  expect(text).toContain('"maxdebitcardpostransactions":5186960787986540.0,');
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
});

test('answers nothing for a number that core banking does not know', async () => {
  const { status, text } = await outside.billing.get('/transactions/100200300', asEngine());
  expect({ status, text }).toEqual({ status: 200, text: '[]' });
});

test.each([
  { who: 'nobody', options: { role: null } },
  { who: 'a bearer token', options: { role: 'admin' } },
  { who: 'another password', options: asEngine({ ...engine, password: 'wrong' }) },
  { who: 'another user', options: asEngine({ ...engine, username: 'scorer' }) },
  { who: 'garbage', options: { role: null, headers: { authorization: 'Basic !!!' } } },
])('refuses $who', async ({ options }) => {
  const calls = outside.coreBanking.calls.transactions;
  const { status, headers, body } = await outside.billing.get(`/transactions/${number}`, options);
  expect({ status, code: body.code }).toEqual({ status: 401, code: 'unauthenticated' });
  expect(headers['www-authenticate']).toBe('Basic realm="tenor", charset="UTF-8"');
  expect(outside.coreBanking.calls.transactions).toBe(calls);
});

test('takes any external_id, and hands it on as text', async () => {
  const odd = encodeURIComponent('a/b <customerNumber>&amp;"');
  const { status, text } = await outside.billing.get(`/transactions/${odd}`, asEngine());
  expect({ status, text }).toEqual({ status: 200, text: '[]' });
});

test('answers 503 while core banking is down', async () => {
  outside.coreBanking.simulate({ transactions: 'down' });
  const { status, body, headers } = await outside.billing.get(`/transactions/${number}`, asEngine());
  expect({ status, code: body.code }).toEqual({ status: 503, code: 'core_banking_unavailable' });
  expect(headers['retry-after']).toBe('5');
});

describe('KYC', () => {
  test('is asked, kept, and read again without asking', async () => {
    const id = await outside.billing.customer({ external_id: number });
    const never = await outside.billing.get(`/v1/customers/${id}/kyc`);
    expect({ status: never.status, code: never.body.code }).toEqual({ status: 404, code: 'kyc_not_found' });
    const asked = await outside.billing.post(`/v1/customers/${id}/kyc`);
    expect(asked.status).toBe(200);
    expect(asked.body).toMatchObject({ customer_id: id, customer_number: number, date_of_birth: '1990-03-14' });
    outside.coreBanking.simulate({ customer: 'down' });
    expect((await outside.billing.get(`/v1/customers/${id}/kyc`)).body).toEqual(asked.body);
    const refused = await outside.billing.post(`/v1/customers/${id}/kyc`);
    expect({ status: refused.status, code: refused.body.code }).toEqual({
      status: 503,
      code: 'core_banking_unavailable',
    });
  });

  test('is refused for who is unknown there, and for who is unknown here', async () => {
    const id = await outside.billing.customer({ external_id: '100200300' });
    const unknown = await outside.billing.post(`/v1/customers/${id}/kyc`);
    expect({ status: unknown.status, code: unknown.body.code }).toEqual({ status: 404, code: 'kyc_not_found' });
    const nobody = '019aa4f1-6c00-7000-8000-000000009999';
    for (const ask of [outside.billing.get, outside.billing.post]) {
      expect((await ask(`/v1/customers/${nobody}/kyc`)).body.code).toBe('not_found');
    }
  });
});
