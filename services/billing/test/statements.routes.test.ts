import { readCsv, readPdf } from '@tenor/testing';
import { rowsOf } from './docs/page-tables.ts';
import { type BillingTest, type Body, reversed, settled, startBillingTest } from './harness.ts';
import type { ExplanationJson } from './statements/recompute.ts';

const product = {
  code: 'with-penalty',
  name: 'With a penalty',
  currency: 'USD',
  terms: {
    interest_method: 'annuity',
    annual_rate_percent: '12',
    frequency: { every: 1, unit: 'month' },
    number_of_instalments: 3,
  },
  penalty: { percent_per_day: '0.1', grace_days: 3, cap: '20.00' },
};
const usd = (amount: string) => ({ amount, currency: 'USD' });
const PAGE = 'statements.md';

let billing: BillingTest;
let customerId: string;
let id: string;
beforeAll(async () => {
  billing = await startBillingTest('statements');
  await billing.post('/v1/products', product, { role: 'admin' });
  await billing.post('/v1/products', { ...product, code: 'by-hand', auto_approve: false }, { role: 'admin' });
  customerId = await billing.customer();
  id = await opened();
  await billing.apply(pay('102.01', '2026-04-01'));
  const mistake = pay('40.00', '2026-05-12');
  await billing.apply(mistake, reversed({ ...mistake, amount: '40.00', currency: 'USD' }));
  const charge = { component: 'fee', code: 'field_visit', amount: usd('6.00'), value_date: '2026-05-10' };
  await billing.post(`/v1/loans/${id}/charges`, charge);
  await billing.apply(pay('50.00', '2026-05-20'));
});
afterAll(() => billing.stop());

const opened = async (more: object = {}) => {
  const given = { product: 'with-penalty', principal: usd('300.00'), disbursed_on: '2026-03-01', ...more };
  return (await billing.loan(customerId, given)).id;
};
const pay = (amount: string, on: string) => settled({ customerId, amount, on, currency: 'USD' });
const statementOf = async (loanId: string, query = '') => billing.get(`/v1/loans/${loanId}/statement?${query}`);
const explained = async (loanId: string, query = '') =>
  (await billing.get(`/v1/loans/${loanId}/explain?${query}`)).body as unknown as ExplanationJson;
const balanceOn = async (loanId: string, asOf: string) => {
  const { body } = await billing.get(`/v1/loans/${loanId}/outstanding?as_of=${asOf}`);
  const { principal, interest, fee, penalty, total } = body;
  return { principal, interest, fee, penalty, total };
};
const linesOf = (body: Body) => body['lines'] as Record<string, never>[];

describe('a statement', () => {
  test('is what its page shows, and closes with the outstanding balance', async () => {
    const { status, body } = await statementOf(id);
    const columns = ['value_date', 'type', 'principal', 'interest', 'fee', 'penalty', 'money_in', 'money_out'] as const;
    const shown = linesOf(body).map((line) => ({
      ...Object.fromEntries(columns.map((name) => [name, line[name]])),
      balance: (line['balance'] as Body | undefined)?.['total'],
    }));
    expect([status, shown]).toEqual([200, rowsOf(PAGE, ...columns, 'balance')]);
    expect(body['closing']).toEqual({ ...(await balanceOn(id, '2026-06-01')), credit: '0.00' });
    expect(body['taken_back']).toMatchObject([{ value_date: '2026-05-12', amount: '40.00', kind: 'reversal' }]);
  });

  test('of a period opens with the balance of its eve, and says the same again by its known_at', async () => {
    const { body } = await statementOf(id, 'from=2026-05-08&to=2026-05-20');
    expect(body['opening']).toMatchObject(await balanceOn(id, '2026-05-07'));
    expect(body['closing']).toMatchObject(await balanceOn(id, '2026-05-20'));
    expect(linesOf(body).map(({ value_date: on, type, penalty }) => [on, type, penalty])).toEqual([
      ['2026-05-10', 'days_passed', '0.30'],
      ['2026-05-10', 'charged', '0.00'],
      ['2026-05-20', 'days_passed', '1.02'],
      ['2026-05-20', 'repaid', '-1.63'],
    ]);
    const known = `known_at=${body['known_at']}`;
    expect((await statementOf(id, `from=2026-05-08&as_of=2026-05-20&${known}`)).body).toEqual(body);
    const before = (await billing.get(`/v1/loans/${id}/events`)).body.data[3]?.['recorded_at'];
    const early = (await statementOf(id, `known_at=${before}`)).body;
    expect([early['closing'], early['taken_back']]).toMatchObject([{ total: '206.87' }, []]);
  });

  test('comes as CSV and as paper', async () => {
    const csv = await statementOf(id, 'format=csv');
    const [header = [], ...rows] = readCsv(csv.text);
    const column = (name: string) => rows.map((row) => row[header.indexOf(name)]);
    expect(column('type')).toEqual(expect.arrayContaining(['opening_balance', 'days_passed', 'closing_balance']));
    expect(column('balance_total').at(-1)).toBe('162.29');
    expect(csv.headers['content-disposition']).toBe(`attachment; filename="statement-${id}.csv"`);

    const pdf = await billing.get(`/v1/loans/${id}/statement`, { headers: { accept: 'application/pdf' } });
    const page = (await readPdf(pdf.bytes)).join(' ');
    for (const part of [
      'Loan statement: With a penalty',
      'Owed at the end USD 162.29: principal 154.63, interest 1.01, fee 6.00, penalty 0.65',
      '20 May 2026 Days passed from 11 May 2026 to 20 May 2026 1.02 211.64',
      '20 May 2026 Payment -46.36 -2.01 -1.63 50.00 161.64',
      'Total 154.63 1.01 6.00 0.65 152.01 300.00 162.29',
      'Payments that were taken back, and count for nothing',
      '12 May 2026 40.00',
    ]) {
      expect(page).toContain(part);
    }
    const other = await statementOf(id, 'format=xlsx');
    expect([other.status, other.body.code]).toEqual([406, 'not_acceptable']);
  });

  test.each([
    ['from=2026-06-02', '/query/from'],
    ['from=2026-05-02&to=2026-05-01', '/query/from'],
    ['to=2026-05-01&as_of=2026-05-01', '/query/to'],
    ['from=2026-02-30', '/query/from'],
    ['surprise=1', '/query/surprise'],
  ])('is refused for %s', async (query, pointer) => {
    const { status, body } = await statementOf(id, query);
    expect([status, body.code, body.errors[0]?.pointer]).toEqual([400, 'validation_failed', pointer]);
  });

  test('is not there before its loan, nor of no loan, nor for who may not read loans', async () => {
    const none = '01930000-0000-7000-8000-000000000000';
    const found = [
      await statementOf(id, 'to=2026-02-01'),
      await statementOf(none),
      await billing.get(`/v1/loans/${none}/explain`),
      await billing.get(`/v1/loans/${id}/statement`, { role: 'guest' }),
      await billing.get(`/v1/loans/${id}/explain`, { role: 'guest' }),
      await billing.get(`/v1/loans/${id}/explain`, { role: null }),
    ];
    expect(found.map(({ status, body }) => [status, body.code])).toEqual([
      ...Array.from({ length: 3 }, () => [404, 'not_found']),
      ...Array.from({ length: 2 }, () => [403, 'forbidden']),
      [401, 'unauthenticated'],
    ]);
  });
});

describe('an explanation', () => {
  test('is what its page shows, and sums to the outstanding balance', async () => {
    const { lines, outstanding } = await explained(id);
    const shown = lines.map(({ instalment, component, effect, amount, rule }) => ({
      ...{ instalment: String(instalment), component, effect, amount, rule },
    }));
    expect(shown).toEqual(rowsOf(PAGE, 'instalment', 'component', 'effect', 'amount', 'rule'));
    expect(outstanding).toEqual(await balanceOn(id, '2026-06-01'));
    expect(lines[1]).toMatchObject({
      inputs: { overdue: '102.01', days: 6, amount_days: '612.06', percent_per_day: '0.1', cap: '20.00' },
      cause: { type: 'days_passed', days: { from: '2026-04-02', to: '2026-05-10' }, event_id: null },
      text: '0.1 % a day of USD 102.01 overdue of instalment 2, for 6 days more.',
    });
    const { data } = (await billing.get(`/v1/loans/${id}/events`)).body;
    const ids = new Set(data.map((event) => event.id));
    const causes = lines.flatMap(({ cause }) => (cause.event_id === null ? [] : [cause.event_id]));
    expect(causes.filter((cause) => !ids.has(cause))).toEqual([]);
  });

  test('shows what is settled too where that is asked for', async () => {
    const { lines } = await explained(id, 'all=true');
    const ofFirst = lines.filter(({ instalment }) => instalment === 1).map(({ amount }) => amount);
    expect(ofFirst).toEqual(['99.01', '3.00', '-3.00', '-99.01']);
    expect((await billing.get(`/v1/loans/${id}/explain?all=maybe`)).status).toBe(400);
  });

  test('comes in pages, whose lines are those of the whole', async () => {
    const whole = await explained(id, 'all=true');
    const lines: ExplanationJson['lines'] = [];
    let cursor = '';
    do {
      const page = await explained(id, `all=true&limit=4&known_at=${whole.known_at}${cursor}`);
      expect(page.lines.length).toBeLessThanOrEqual(4);
      expect(page.outstanding).toEqual(whole.outstanding);
      lines.push(...page.lines);
      cursor = page.next_cursor === null ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '' && lines.length < whole.lines.length);
    expect([lines, whole.next_cursor]).toEqual([whole.lines, null]);
    for (const wrong of ['limit=0', 'limit=5001', 'cursor=bm90LWE']) {
      expect((await billing.get(`/v1/loans/${id}/explain?${wrong}`)).status).toBe(400);
    }
  });
});

describe('a loan of any standing has both', () => {
  test.each([
    ['pending', async () => opened({ product: 'by-hand', disbursed_on: '2026-06-01' })],
    [
      'cancelled',
      async () => {
        const loanId = await opened({ product: 'by-hand', disbursed_on: '2026-06-01' });
        await billing.post(`/v1/loans/${loanId}/cancel`, {});
        return loanId;
      },
    ],
    [
      'paid',
      async () => {
        const loanId = await opened();
        const loans = [{ loan_id: loanId, amount: '400.00' }];
        await billing.apply(settled({ customerId, amount: '400.00', on: '2026-03-02', currency: 'USD', loans }));
        return loanId;
      },
    ],
    [
      'written_off',
      async () => {
        const loanId = await opened();
        await billing.post(`/v1/loans/${loanId}/write-off`, { value_date: '2026-05-10' });
        await billing.post(`/v1/loans/${loanId}/recoveries`, { amount: usd('10.00'), value_date: '2026-05-12' });
        return loanId;
      },
    ],
  ])('%s', async (status, make) => {
    const loanId = await make();
    const { body } = await statementOf(loanId);
    const { lines, outstanding, status: told } = await explained(loanId);
    expect([body.status, told, lines]).toEqual([status, status, []]);
    expect(body['closing']).toMatchObject({ ...outstanding });
    expect(outstanding.total).toBe('0.00');
    const money = body['totals'] as Record<string, string>;
    const expected = {
      pending: ['0.00', '0.00', '0.00'],
      cancelled: ['0.00', '0.00', '0.00'],
      paid: ['400.00', '300.00', '93.98'],
      written_off: ['10.00', '300.00', '0.00'],
    }[status];
    expect([money['money_in'], money['money_out'], money['credit']]).toEqual(expected);
    expect((await statementOf(loanId, 'format=pdf')).status).toBe(200);
  });
});
