import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { createServerless, type Server } from 'soap';
import { customers, transactionsOf } from './customers.ts';
import { hostileAnswers } from './hostile.ts';
import { type Fault, properly, type Simulation, SimulationSchema } from './simulation.ts';
import { wsdlAt } from './wsdl.ts';

export interface SimulatorOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What callers send by basic auth. */
  readonly username: string;
  readonly password: string;
}

export interface Simulator {
  /** Where it listens, such as `http://127.0.0.1:8091`. */
  readonly url: string;
  /** How often each part was asked for, whatever was answered. */
  readonly calls: Readonly<Record<Part, number>>;
  /** As `PUT /simulation`. */
  simulate(simulation: Partial<Simulation>): void;
  stop(): Promise<void>;
}

export type Part = 'wsdl' | 'customer' | 'transactions';

interface Asked {
  readonly customerNumber: string;
}

/** Starts core banking: its WSDL at `/service.wsdl`, both operations at `/service`, its behaviour at `/simulation`. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  let simulation = properly;
  let url = '';
  const calls = { wsdl: 0, customer: 0, transactions: 0 };
  const soap = await soapServer(() => simulation);
  const app = fastify({
    forceCloseConnections: true,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  });
  app.addContentTypeParser('text/xml', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  const simulate = (wanted: Partial<Simulation>): void => {
    simulation = { ...properly, ...wanted };
  };

  app.get('/readyz', () => ({ status: 'ok' }));
  app.get('/simulation', () => ({ ...simulation, calls }));
  app.put('/simulation', { schema: { body: SimulationSchema } }, (request) => {
    simulate(request.body as Simulation);
    return simulation;
  });
  app.get('/service.wsdl', async (request, reply) => {
    calls.wsdl += 1;
    const spoilt = await misbehave('wsdl', request, reply);
    return spoilt ?? reply.type('text/xml').send(wsdlAt(`${url}/service`));
  });
  app.post('/service', async (request, reply) => {
    if (!isCaller(options, request.headers.authorization)) {
      return reply.code(401).header('www-authenticate', 'Basic realm="core-banking"').send();
    }
    const xml = request.body as string;
    const part: Part = xml.includes('TransactionsRequest') ? 'transactions' : 'customer';
    calls[part] += 1;
    const spoilt = await misbehave(part, request, reply);
    if (spoilt !== undefined) return spoilt;
    const { statusCode, body } = await soap.processRequest(xml, { url: '/service' });
    return reply
      .code(statusCode ?? 200)
      .type('text/xml; charset=utf-8')
      .send(body);
  });

  /** Answers as the simulation wants this part to; undefined where it wants a proper answer. */
  async function misbehave(
    part: Part,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply | undefined> {
    const fault: Fault = simulation[part];
    if (fault === 'slow') await sleep(simulation.delay_ms);
    if (fault === 'none' || fault === 'slow' || fault === 'unknown_customer') return undefined;
    if (fault === 'down') return reply.code(503).send('unavailable');
    if (fault !== 'lost') return reply.type('text/xml').send(hostileAnswers[fault]());
    request.raw.socket.destroy();
    return reply.hijack();
  }

  url = await app.listen({ host: options.host, port: options.port });
  return { url, calls, simulate, stop: () => app.close() };
}

/** The library's server without its listener: requests come through the app, which may spoil them. */
function soapServer(current: () => Simulation): Promise<Server> {
  const Customer = ({ customerNumber }: Asked) => {
    const customer = current().customer === 'unknown_customer' ? undefined : customers.get(customerNumber);
    return customer === undefined ? {} : { customer };
  };
  const Transactions = ({ customerNumber }: Asked) => ({
    transactions: current().transactions === 'unknown_customer' ? [] : transactionsOf(customerNumber),
  });
  const services = { CoreBankingService: { CoreBankingSoap11: { Customer, Transactions } } };
  return createServerless({ path: '/service', services, xml: wsdlAt('http://localhost/service') });
}

/** Compared by their hashes, which have one length, so that the time taken tells nothing of the password. */
function isCaller({ username, password }: SimulatorOptions, authorization: string | undefined): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  const expected = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return timingSafeEqual(hash(expected), hash(authorization ?? ''));
}
