import { businessDate } from '@tenor/calendar';
import { strictAjv } from '@tenor/service-kit';
import { openSql, type SqlConnection, startTestSystem, type TestSystem } from '@tenor/testing';
import { whyUndocumented } from '../src/documented.ts';
import type { OpenApi, OpenApiOperation } from '../src/known-ids.ts';
import { callersOf, checkSchedules, type ScheduleReport } from '../src/schedules/check.ts';
import { type Provider, startProvider } from '../src/schedules/provider.ts';
import { oddAgent, odditiesFor, sendOdd } from './odd-requests.ts';

/** `FUZZ_SEED` repeats the schedules of another run, `FUZZ_SCHEDULES` plays more of them. */
const SEED = Number.parseInt(process.env['FUZZ_SEED'] ?? '20260117', 10);
const SCHEDULES = Number.parseInt(process.env['FUZZ_SCHEDULES'] ?? '12', 10);

type Document = OpenApi & { readonly components: { readonly schemas: Readonly<Record<string, object>> } };
type ServiceName = keyof TestSystem['urls'];
const names: readonly ServiceName[] = ['billing', 'payment'];

let provider: Provider;
let system: TestSystem;
let sql: SqlConnection;
let documents: Record<ServiceName, Document>;

beforeAll(async () => {
  provider = await startProvider();
  system = await startTestSystem('fuzz', provider.environment);
  sql = await openSql(system.tenant.adminUrl);
  documents = { billing: await documentAt(system.urls.billing), payment: await documentAt(system.urls.payment) };
}, 60_000);
afterAll(async () => {
  oddAgent.destroy();
  await sql?.close();
  await system?.stop();
  await provider?.stop();
});

const documentAt = async (url: string): Promise<Document> =>
  (await (await fetch(`${url}/openapi.json`)).json()) as Document;

interface Operation extends OpenApiOperation {
  readonly method: string;
  readonly template: string;
}
const operationsOf = ({ paths }: OpenApi): Operation[] =>
  Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), template })),
  );

describe.each(names)('the OpenAPI document of %s', (name) => {
  test('names each operation once, and documents what its permission and its input lead to', () => {
    const operations = operationsOf(documents[name]);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(operations.length);
    const incomplete = operations.filter(({ responses, template, method, ...operation }) => {
      const permission = operation['x-permission'];
      const needed = [
        ...(permission === 'public' ? [] : ['401', '503']),
        ...(permission === 'public' || permission === 'signed' || permission === 'basic' ? [] : ['403']),
        ...(template.includes('{') ? ['400', '404'] : []),
        ...(method === 'GET' ? [] : ['400', '413', '415']),
      ];
      return needed.some((status) => !(status in responses));
    });
    expect(incomplete.map(({ operationId }) => operationId)).toEqual([]);
  });

  test('has schemas that compile, and examples that fit them', () => {
    const document = documents[name];
    const ajv = strictAjv({ strict: false }).addFormat('binary', true);
    ajv.addSchema({ $id: 'openapi', components: document.components });
    const texts = new Set<string>();
    visit(document, (schema) => texts.add(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')));
    const wrong = [...texts].flatMap((text) => {
      const schema = JSON.parse(text) as { examples?: unknown[] };
      const fits = ajv.compile(schema);
      return (schema.examples ?? []).filter((example) => !fits(example));
    });
    expect(texts.size).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });
});

/** Calls back with each schema of the document, those inside others too; `isMap` where keys are names. */
function visit(part: unknown, each: (schema: object) => void, isMap = false): void {
  if (typeof part !== 'object' || part === null) return;
  const isSchema = ['type', 'enum', 'anyOf', 'allOf', 'const'].some((keyword) => keyword in part);
  if (isSchema && !isMap && !('scheme' in part)) each(part);
  for (const [key, child] of Object.entries(part)) visit(child, each, key === 'properties');
}

describe.each([...names, 'gateway'] as const)('odd requests to %s', (name) => {
  test('are answered as documented, each refusal as a problem, and never by an error of ours', async () => {
    const url = name === 'gateway' ? system.url : system.urls[name];
    const operations = (name === 'gateway' ? names : [name])
      .flatMap((service) => operationsOf(documents[service]).map((operation) => ({ ...operation, service })))
      .filter(({ template }) => name !== 'gateway' || /^\/v1\/(loans|payments)$/.test(template));
    const faults = await Promise.all(
      operations.flatMap(({ method, template, service }) =>
        odditiesFor(method, template).map(async (oddity) => {
          const answer = await sendOdd({ url, authorization: `Bearer ${system.token}`, method, template, oddity });
          const why = whyOdd(documents[service], { method, template }, answer);
          return why === undefined ? [] : [`${oddity.name}: ${why}`];
        }),
      ),
    );
    expect(faults.length).toBeGreaterThan(100);
    expect(faults.flat()).toEqual([]);
  }, 60_000);
});

function whyOdd(
  document: OpenApi,
  operation: { readonly method: string; readonly template: string },
  answer: Parameters<typeof whyUndocumented>[2],
): string | undefined {
  const { status, headers, body } = answer;
  const isProblem = headers.get('content-type') === 'application/problem+json';
  const { code } = (body ?? {}) as { code?: string };
  const told = `${operation.method} ${operation.template} answered ${status} ${code ?? JSON.stringify(body)}`;
  if (status >= 400 && !(isProblem && headers.has('x-request-id'))) return `${told}, which is no problem`;
  if (status >= 500) return told;
  return whyUndocumented(document, operation, answer);
}

describe(`random concurrent schedules of two or three customers' requests (FUZZ_SEED=${SEED})`, () => {
  let report: ScheduleReport;
  beforeAll(
    async () => {
      const callers = callersOf(system);
      const today = businessDate(new Date(), 'UTC');
      report = await checkSchedules(
        { callers, provider, sql, tenant: system.tenant, documents: Object.values(documents), today },
        { seed: SEED, count: SCHEDULES, name: 'schedule' },
      );
    },
    90_000 + SCHEDULES * 5_000,
  );

  test('break no invariant, and are answered only as documented', () => {
    expect(report.failure).toBeUndefined();
    expect(report.schedules).toBe(SCHEDULES);
  });

  test('take and refuse payments, take them back, spend credit, hear of a provider, heal and read in between', () => {
    const answered = (label: RegExp) =>
      Object.entries(report.tally).reduce((sum, [each, times]) => sum + (label.test(each) ? times : 0), 0);
    expect(answered(/^POST \/v1\/payments 201/)).toBeGreaterThan(SCHEDULES);
    expect(answered(/^POST \/v1\/payments 4/)).toBeGreaterThan(SCHEDULES / 2);
    expect(answered(/(reverse|chargeback) 200/)).toBeGreaterThan(SCHEDULES / 5);
    for (const taken of [/credit-uses 201/, /refunds 201/, /republish 200/, /heal 200/])
      expect(answered(taken)).toBeGreaterThan(0);
    for (const refused of [/credit-uses 4/, /webhooks 401/]) expect(answered(refused)).toBeGreaterThan(0);
    expect(answered(/webhooks 200/)).toBeGreaterThan(SCHEDULES / 2);
    expect(answered(/^GET .* 200/)).toBeGreaterThan(SCHEDULES / 2);
    for (const seen of [/^GET \/v1\/payments\/{id} 200/, /^GET \/v1\/customers 200/, /^GET \/v1\/reconciliation 200/])
      expect(answered(seen)).toBeGreaterThan(0);
  });

  test("claim keys and external ids that are another customer's", () => {
    const answered = (label: string) => report.tally[label] ?? 0;
    expect(answered('POST /v1/payments 409 already_exists')).toBeGreaterThan(SCHEDULES / 2);
    expect(answered('POST /v1/payments 422 idempotency_mismatch')).toBeGreaterThan(0);
  });
});
