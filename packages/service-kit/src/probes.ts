import { Type } from 'typebox';
import type { App } from './app.ts';
import type { Metrics } from './metrics.ts';

export type Health = 'ok' | 'degraded' | 'down';

/** Something that a service needs. Without a critical one it takes no requests; without another it is degraded. */
export interface Check {
  readonly name: string;
  readonly critical: boolean;
  check(): Promise<Health>;
}

const CHECK_TIMEOUT_MS = 2000;

const HealthSchema = Type.Enum(['ok', 'degraded', 'down']);
const ReadinessSchema = Type.Object(
  { status: HealthSchema, checks: Type.Array(Type.Object({ name: Type.String(), status: HealthSchema })) },
  { additionalProperties: false },
);
const DocumentSchema = Type.Unsafe<object>({ type: 'object', additionalProperties: true });

/** A check that holds when `ping` resolves. */
export function pingCheck(name: string, ping: () => Promise<unknown>, critical = true): Check {
  return { name, critical, check: () => ping().then(() => 'ok') };
}

/** A check's answer; `down` when it throws or does not answer in time. */
async function healthOf(check: Check): Promise<Health> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Health>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, 'down');
  });
  const answer = Promise.resolve()
    .then(() => check.check())
    .catch((): Health => 'down');
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** `down` when something critical is; `degraded` when anything else is not well; all checks at once. */
export async function readiness(checks: readonly Check[]) {
  const answers = await Promise.all(checks.map(async (check) => ({ ...check, status: await healthOf(check) })));
  const isDown = answers.some(({ critical, status }) => critical && status === 'down');
  const isWell = answers.every(({ status }) => status === 'ok');
  const status: Health = isDown ? 'down' : isWell ? 'ok' : 'degraded';
  return { status, checks: answers.map(({ name, status }) => ({ name, status })) };
}

export interface Probes {
  readonly readiness: readonly Check[];
  readonly metrics: Metrics;
  readonly asyncapi?: object | undefined;
}

/** What operators and tools ask for: liveness, readiness, metrics and the two documents. */
export function registerProbes(app: App, { readiness: checks, metrics, asyncapi }: Probes): void {
  app.get(
    '/livez',
    {
      config: { permission: 'public' },
      schema: {
        summary: 'Is the process alive',
        tags: ['operations'],
        response: { 200: Type.Object({ status: Type.Literal('ok') }) },
      },
    },
    async () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      config: { permission: 'public' },
      schema: {
        summary: 'Can the service work: 503 without something critical, 200 and degraded without something else',
        tags: ['operations'],
        response: { 200: ReadinessSchema, 503: ReadinessSchema },
      },
    },
    async (_request, reply) => {
      const answer = await readiness(checks);
      return reply
        .code(answer.status === 'down' ? 503 : 200)
        .header('cache-control', 'no-store')
        .send(answer);
    },
  );
  app.get(
    '/metrics',
    { config: { permission: 'public' }, schema: { hide: true, response: { 200: Type.String() } } },
    async (_request, reply) => reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get(
    '/openapi.json',
    { config: { permission: 'public' }, schema: { hide: true, response: { 200: DocumentSchema } } },
    async () => app.swagger(),
  );
  if (asyncapi === undefined) return;
  app.get(
    '/asyncapi.json',
    { config: { permission: 'public' }, schema: { hide: true, response: { 200: DocumentSchema } } },
    async () => asyncapi,
  );
}
