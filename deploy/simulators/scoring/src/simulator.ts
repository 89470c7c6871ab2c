import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { type Callbacks, createCallbacks } from './callbacks.ts';
import { type Client, ClientSchema, createRegistry, type Query, type Registry } from './clients.ts';
import { properly, type Simulation, SimulationSchema } from './simulation.ts';

export type Part = 'create_client' | 'initiate' | 'query';

export interface SimulatorOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Told of each call before it has its effect, and again before it is answered; `host` is the one that was called. */
  readonly observe?: (part: Part, when: 'before' | 'after', host: string) => Promise<void>;
}

export interface Simulator {
  /** Where it listens, such as `http://127.0.0.1:8093`. */
  readonly url: string;
  /** How often each part was called, and the lenders called back. */
  counts(): Readonly<Record<Part | 'callback', number>>;
  /** No client is known any more. */
  forgetClients(): void;
  /** As `PUT /simulation`. */
  simulate(simulation: Partial<Simulation>): void;
  stop(): Promise<void>;
}

/** Starts the engine: registration and scores under `/api/v1`, its behaviour at `/simulation`. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  let simulation = properly;
  const registry = createRegistry();
  const callbacks = createCallbacks(() => simulation);
  const counted = { create_client: 0, initiate: 0, query: 0 };
  const counts = () => ({ ...counted, callback: callbacks.asked });
  const observe = options.observe ?? (async () => {});
  const app = fastify({
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  const simulate = (wanted: Partial<Simulation>): void => {
    simulation = { ...properly, ...wanted };
  };

  app.get('/readyz', () => ({ status: 'ok' }));
  app.get('/simulation', () => ({ ...simulation, calls: counts() }));
  app.put('/simulation', { schema: { body: SimulationSchema } }, (request) => {
    simulate(request.body as Simulation);
    return simulation;
  });
  app.post('/simulation/forget-clients', () => {
    registry.forgetClients();
    return counts();
  });
  serveEngine(app, { registry, callbacks, current: () => simulation }, serve);

  /** Has the effect, and answers as the simulation says. */
  async function serve(part: Part, request: FastifyRequest, reply: FastifyReply, act: () => Effect) {
    counted[part] += 1;
    await observe(part, 'before', request.host);
    const fault = simulation[part];
    if (fault === 'down') return reply.code(503).send({ message: 'unavailable' });
    if (fault === 'garbage') return reply.type('text/html').send('<html><body>It works!</body></html>');
    const effect = act();
    await observe(part, 'after', request.host);
    if (fault === 'late') await sleep(simulation.delay_ms);
    if (fault === 'lost' || fault === 'twice') {
      request.raw.socket.destroy();
      return reply.hijack();
    }
    if (typeof effect === 'string') return reply.type('text/plain').send(effect);
    return 'status' in effect ? reply.code(effect.status).send({ message: 'not yet' }) : effect;
  }

  const url = await app.listen({ host: options.host, port: options.port });
  return {
    url,
    counts,
    forgetClients: registry.forgetClients,
    simulate,
    async stop() {
      await callbacks.stop();
      await app.close();
    },
  };
}

interface Engine {
  readonly registry: Registry;
  readonly callbacks: Callbacks;
  readonly current: () => Simulation;
}
type Serve = (part: Part, request: FastifyRequest, reply: FastifyReply, act: () => Effect) => Promise<unknown>;

/** What the engine does when it does as it should. */
function serveEngine(app: FastifyInstance, { registry, callbacks, current }: Engine, serve: Serve): void {
  app.post('/api/v1/client/createClient', { schema: { body: ClientSchema } }, (request, reply) =>
    serve('create_client', request, reply, () => registry.register(request.body as Client)),
  );
  app.get('/api/v1/scoring/initiateQueryScore/:customerNumber', (request, reply) =>
    serve('initiate', request, reply, () => {
      const client = registry.clientOf(request.headers['client-token']);
      if (client === undefined) return unknownClient;
      const query = registry.begin((request.params as { customerNumber: string }).customerNumber);
      callbacks.start(client, query);
      return query.token;
    }),
  );
  app.get('/api/v1/scoring/queryScore/:token', (request, reply) =>
    serve('query', request, reply, () => {
      if (registry.clientOf(request.headers['client-token']) === undefined) return unknownClient;
      const query = registry.queryOf((request.params as { token: string }).token);
      if (query === undefined) return { status: 404 };
      query.asked += 1;
      return query.isReady && query.asked > current().not_ready ? scoreOf(query, current()) : { status: 202 };
    }),
  );
}

function scoreOf({ customerNumber, token }: Query, { score, limit_amount: limitAmount, excluded }: Simulation) {
  const exclusion = excluded ? 'Excluded' : 'No Exclusion';
  const exclusionReason = excluded ? 'Listed by a credit bureau' : 'No Exclusion';
  return { id: token, customerNumber, score, limitAmount, exclusion, exclusionReason };
}

/** Text, an object, or only a status. */
type Effect = string | Client | { readonly status: number } | { readonly score: number };
const unknownClient = { status: 401 };
