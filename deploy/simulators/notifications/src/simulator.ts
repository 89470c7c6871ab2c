import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Static } from 'typebox';
import {
  ListQuerySchema,
  MessageSchema,
  properly,
  type SentMessage,
  type Simulation,
  SimulationSchema,
} from './simulation.ts';

export interface SimulatorOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What callers send as their bearer token. */
  readonly apiKey: string;
}

export interface Simulator {
  /** Where it listens, such as `http://127.0.0.1:8092`. */
  readonly url: string;
  /** What was sent, oldest first. */
  sent(): SentMessage[];
  /** As `PUT /simulation`. */
  simulate(simulation: Partial<Simulation>): void;
  stop(): Promise<void>;
}

/** What the memory of a trial holds; the oldest are forgotten. */
const MESSAGES_MAX = 10_000;

/** Starts the provider: `POST /v1/messages` sends, `GET /messages` shows what was sent, `PUT /simulation` changes it. */
export async function startSimulator({ host, port, apiKey }: SimulatorOptions): Promise<Simulator> {
  let simulation = properly;
  const byKey = new Map<string, SentMessage>();
  const stopping = new AbortController();
  const sent = (): SentMessage[] => [...byKey.values()];
  const simulate = (wanted: Partial<Simulation>): void => {
    simulation = { ...properly, ...wanted };
  };
  const app = fastify({
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });

  app.get('/readyz', () => ({ status: 'ok' }));
  app.get('/simulation', () => ({ ...simulation, messages: byKey.size }));
  app.put('/simulation', { schema: { body: SimulationSchema } }, (request) => {
    simulate(request.body as Simulation);
    return simulation;
  });
  app.get('/messages', { schema: { querystring: ListQuerySchema } }, (request) => {
    const { to, reference } = request.query as Static<typeof ListQuerySchema>;
    const isWanted = (message: SentMessage): boolean =>
      (to === undefined || message.to === to) && (reference === undefined || message.reference === reference);
    return { data: sent().filter(isWanted) };
  });

  app.post(
    '/v1/messages',
    { schema: { body: MessageSchema }, onRequest: (request, reply) => refuseStrangers(apiKey, request, reply) },
    async (request, reply) => {
      const { answer, refusal_code: code, delay_ms: delayMs } = simulation;
      const key = request.headers['idempotency-key'];
      if (typeof key !== 'string' || key === '') return reply.code(400).send({ code: 'idempotency_key_required' });
      if (answer === 'unavailable') return reply.code(503).send({ code: 'unavailable' });
      if (answer === 'refused') return reply.code(422).send({ code });
      const { message, isNew } = send(byKey, key, request.body as Static<typeof MessageSchema>);
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (answer === 'lost') {
        request.raw.socket.destroy();
        return reply.hijack();
      }
      if (answer === 'garbage') return reply.code(200).type('text/html').send('<html>It works!</html>');
      return reply.code(isNew ? 201 : 200).send(message);
    },
  );

  const url = await app.listen({ host, port });
  return {
    url,
    sent,
    simulate,
    async stop() {
      stopping.abort();
      await app.close();
    },
  };
}

/** What this key sends, or sent before. */
function send(byKey: Map<string, SentMessage>, key: string, wanted: Static<typeof MessageSchema>) {
  const known = byKey.get(key);
  if (known !== undefined) {
    known.asked += 1;
    return { message: known, isNew: false };
  }
  const message = { id: `msg_${randomUUID()}`, ...wanted, sent_at: new Date().toISOString(), asked: 1 };
  byKey.set(key, message);
  for (const oldest of byKey.keys()) {
    if (byKey.size <= MESSAGES_MAX) break;
    byKey.delete(oldest);
  }
  return { message, isNew: true };
}

async function refuseStrangers(apiKey: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!isKey(apiKey, request.headers.authorization)) await reply.code(401).send({ code: 'unauthenticated' });
}

/** Compared by their hashes, which have one length, so that the time taken tells nothing of the key. */
function isKey(apiKey: string, authorization: string | undefined): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(`Bearer ${apiKey}`), hash(authorization ?? ''));
}
