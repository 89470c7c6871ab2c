import { fuzzCallers, mayWrite } from '../src/callers.ts';
import type { HttpAnswer } from '../src/http.ts';
import { knownIds, type OpenApi } from '../src/known-ids.ts';
import { faultsOfAnswers } from '../src/schedules/faults.ts';
import { faultsOfComparing } from '../src/schedules/operations.ts';
import type { Exchange, Scene } from '../src/schedules/scene.ts';
import { settingsOf } from '../src/settings.ts';

const problems = (...codes: string[]) => ({
  content: { 'application/problem+json': { schema: { allOf: [{}, { properties: { code: { enum: codes } } }] } } },
});
const document: OpenApi = {
  paths: {
    '/v1/payments': {
      get: { responses: { 200: {} } },
      post: { responses: { 201: {}, 422: problems('nothing_owed'), 500: problems('internal_error') } },
    },
    '/v1/payments/{id}': { get: { responses: { 200: {} } } },
    '/v1/gateway/{provider}/webhooks': { post: { responses: { 200: {}, 401: {} } } },
    '/v1/closed': { get: { responses: { 200: {} } } },
  },
};

const answer = (status: number, body: object, replayed = false): HttpAnswer => ({
  status,
  body,
  headers: new Headers(replayed ? { 'idempotency-replayed': 'true' } : {}),
});
const paying = (told: HttpAnswer, more: Partial<Exchange> = {}): Exchange => ({
  by: 'officer',
  method: 'POST',
  template: '/v1/payments',
  path: '/v1/payments',
  headers: {},
  key: 'k',
  json: { amount: 1 },
  answer: told,
  ...more,
});
const faults = (...exchanges: Exchange[]) => faultsOfAnswers([document], exchanges);

const news = (status: number, outcome: string, more: Partial<Exchange> = {}): Exchange => ({
  ...paying(answer(status, { outcome })),
  template: '/v1/gateway/{provider}/webhooks',
  path: '/v1/gateway/mockpay/webhooks',
  key: undefined,
  json: { id: 'event' },
  ...more,
});

describe('the judge of answers', () => {
  test('lets pass a first answer, its replays, another body refused, and what is documented', () => {
    const first = paying(answer(201, { id: '1' }));
    const again = paying(answer(201, { id: '1' }, true));
    const refused = paying(answer(422, { code: 'nothing_owed' }), { json: { amount: 2 } });
    const heard = [news(401, '', { onlyStatus: 401 }), news(200, 'duplicate'), news(200, 'changed')];
    expect(faults(...heard, first, again, again, refused, paying(answer(400, { code: 'malformed_request' })))).toEqual(
      [],
    );
  });

  test.each([
    ['one key taken twice', [paying(answer(201, { id: '1' })), paying(answer(201, { id: '2' }))]],
    ['one key answered twice as new', [paying(answer(201, { id: '1' })), paying(answer(201, { id: '1' }))]],
    [
      'a replay of another body',
      [paying(answer(201, { id: '1' })), paying(answer(201, { id: '1' }, true), { json: 2 })],
    ],
    ['an undocumented status', [paying(answer(409, { code: 'state_conflict' }))]],
    ['an undocumented code', [paying(answer(422, { code: 'loan_closed' }))]],
    ['an undocumented operation', [paying(answer(200, {}), { template: '/v1/none' })]],
    ['news taken in twice', [news(200, 'changed'), news(200, 'unchanged')]],
    ['news taken in as a repetition only', [news(200, 'duplicate')]],
    ['forged news that is believed', [news(200, 'changed', { onlyStatus: 401 })]],
    ['an error of ours, documented or not', [paying(answer(500, { code: 'internal_error' }))]],
    [
      'one external id given to two',
      ['1', '2'].map((id) => paying(answer(201, { id }), { key: id, json: { external_id: 'x' } })),
    ],
    [
      "another customer's request taken under a key",
      ['c', 'd'].map((id) => paying(answer(201, { id: '1' }, id === 'd'), { json: { customer_id: id } })),
    ],
  ])('finds %s', (_, exchanges) => {
    expect(faults(...exchanges)).toHaveLength(1);
  });
});

describe('the judge of comparing and healing', () => {
  const scene = {
    customerId: 'c',
    payments: ['p'],
    exchanges: [paying(answer(201, { id: 'r' }), { template: '/v1/customers/{id}/refunds' })],
  } as Partial<Scene> as Scene;
  const none = { healed: [], needs_person: [] };
  const healing = (body: object) =>
    faultsOfComparing([scene], [paying(answer(200, { ...none, refunds: none, ...body }), { template: HEALING })]);
  const comparing = (body: object) =>
    faultsOfComparing([scene], [paying(answer(200, { data: [], refunds: [], ...body }), { template: COMPARING })]);
  const HEALING = '/v1/reconciliation/heal';
  const COMPARING = '/v1/reconciliation';

  test('lets pass what is about others', () => {
    const other = [{ payment_id: 'q', refund_id: 's', customer_id: 'd' }];
    expect([
      ...healing({ healed: other, refunds: { healed: other, needs_person: other } }),
      ...comparing({ data: other, refunds: other }),
    ]).toEqual([]);
  });

  test.each([
    ['a payment healed', healing({ healed: [{ payment_id: 'p' }] })],
    ['a payment for a person', healing({ needs_person: [{ payment_id: 'p' }] })],
    ['a refund healed', healing({ refunds: { ...none, healed: [{ refund_id: 'r' }] } })],
    ['a refund for a person', healing({ refunds: { ...none, needs_person: [{ refund_id: 'r' }] } })],
    ['a payment that differs', comparing({ data: [{ payment_id: 'p', customer_id: 'c' }] })],
    ['a refund that differs', comparing({ refunds: [{ refund_id: 'r', customer_id: 'c' }] })],
  ])('finds %s', (_, found) => {
    expect(found).toHaveLength(1);
  });
});

test('the ids of a list are bound to the paths below it, and a token is named but not written', async () => {
  const get = async (path: string) => (path === '/v1/closed' ? { code: 'forbidden' } : { data: [{ id: 'p1' }] });
  const settings = settingsOf('[dictionaries]', await knownIds(document, get), true);
  expect(settings).toBe(`[dictionaries]
"/v1/payments".values = ["p1"]
"anything".values = ["p1"]

[[operations]]
include-path-regex = "^/v1/payments/"
parameters = { "path.id" = { dictionary = "/v1/payments", probability = 0.7 } }

[headers]
Authorization = "\${FUZZ_AUTHORIZATION}"
`);
});

test('those who may not write come before those who may, strangers first', async () => {
  const callers = await fuzzCallers(async (role) => `token of ${role}`);
  expect(callers.map((caller) => [caller.name, mayWrite(caller)])).toEqual([
    ['no token', false],
    ['made-up token', false],
    ['auditor', false],
    ['admin', true],
    ['officer', true],
    ['service', true],
    ['customer', true],
  ]);
});
