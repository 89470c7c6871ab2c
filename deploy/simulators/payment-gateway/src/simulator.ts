import { createHash, timingSafeEqual } from 'node:crypto';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { createOperations, type Operation } from './operations.ts';
import { type OperationRequest, properly, RequestSchema, type Simulation, SimulationSchema } from './simulation.ts';
import { createWebhooks } from './webhooks.ts';

export interface SimulatorOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What callers send as their bearer token. */
  readonly apiKey: string;
  readonly webhookSecret: string;
  /** Where webhooks go. */
  readonly webhookUrl: () => string;
}

export interface Simulator {
  /** Where it listens, such as `http://127.0.0.1:8090`. */
  readonly url: string;
  /** Every charge and payout that was made, oldest first. */
  operations(): Operation[];
  /** Forgets the keys of all that was made, as a provider may after a day. */
  forgetKeys(): void;
  /** As `PUT /simulation`. */
  simulate(simulation: Partial<Simulation>): void;
  stop(): Promise<void>;
}

/** Starts the provider: charges and payouts under `/v1`, its behaviour under `/simulation`. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  let simulation = properly;
  const operations = createOperations();
  const webhooks = createWebhooks({ url: options.webhookUrl, secret: options.webhookSecret }, () => simulation);
  const simulate = (wanted: Partial<Simulation>): void => {
    simulation = { ...properly, ...wanted };
    webhooks.release();
  };
  const app = fastify({
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });

  app.get('/readyz', () => ({ status: 'ok' }));
  app.get('/simulation', () => ({ ...simulation, operations: operations.all().length, waiting: webhooks.waiting() }));
  app.put('/simulation', { schema: { body: SimulationSchema } }, (request) => {
    simulate(request.body as Simulation);
    return simulation;
  });

  await app.register(
    async (api) => {
      api.addHook('onRequest', (request, reply) => refuseStrangers(options.apiKey, request, reply));
      serves(api, '/charges', 'charge');
      serves(api, '/payouts', 'payout');
    },
    { prefix: '/v1' },
  );

  function serves(api: FastifyInstance, path: string, kind: Operation['kind']): void {
    api.get(`${path}/:reference`, (request, reply) => {
      if (simulation.answer === 'unavailable') return reply.code(503).send({ code: 'unavailable' });
      const operation = operations.find(kind, (request.params as { reference: string }).reference);
      return operation ?? reply.code(404).send({ code: 'not_found' });
    });
    api.post(path, { schema: { body: RequestSchema } }, (request, reply) => {
      const { answer } = simulation;
      if (answer === 'unavailable') return reply.code(503).send({ code: 'unavailable' });
      if (answer === 'refused') return reply.code(422).send({ code: simulation.failure_code });
      return make(kind, request, reply);
    });
  }

  function make(kind: Operation['kind'], request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string' || key === '') return reply.code(400).send({ code: 'idempotency_key_required' });
    const made = operations.make(kind, key, request.body as OperationRequest);
    if (!made) return reply.code(409).send({ code: 'idempotency_mismatch' });
    if (made.isNew) webhooks.tell(made.operation);
    if (simulation.answer === 'lost') {
      request.raw.socket.destroy();
      return reply.hijack();
    }
    if (simulation.answer === 'garbage') return reply.code(200).type('text/html').send('<html>It works!</html>');
    return reply.code(made.isNew ? 201 : 200).send(made.operation);
  }

  const url = await app.listen({ host: options.host, port: options.port });
  return {
    url,
    operations: operations.all,
    forgetKeys: operations.forgetKeys,
    simulate,
    async stop() {
      await app.close();
      await webhooks.stop();
    },
  };
}

async function refuseStrangers(apiKey: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!isKey(apiKey, request.headers.authorization)) await reply.code(401).send({ code: 'unauthenticated' });
}

/** Compared by their hashes, which have one length, so that the time taken tells nothing of the key. */
function isKey(apiKey: string, authorization: string | undefined): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(`Bearer ${apiKey}`), hash(authorization ?? ''));
}
