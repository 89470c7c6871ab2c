import { type BasicCredentials, type FetchBounds, fetchText, type Health, type Logger } from '@tenor/service-kit';
import CircuitBreaker from 'opossum';
import type { Client, IHttpClient, SoapMethod } from 'soap';
import {
  hasElement,
  isCustomerNumber,
  kycOf,
  type TransactionSummary,
  transactionsOf,
  UnfitAnswerError,
} from './core-banking-answer.ts';
import type { KycRecord } from './kyc.ts';

/** Core banking as the configuration names it. */
export interface CoreBankingAddress extends BasicCredentials {
  readonly wsdlUrl: string;
  /** Where requests go, whatever the WSDL says. */
  readonly url: string;
  /** Of one request; a call that has to read the WSDL first makes two. */
  readonly timeoutMs: number;
  /** Most calls at once; more are turned away. */
  readonly concurrency: number;
  /** How long nothing is asked after most of the last calls failed. */
  readonly restMs: number;
}

/** What came of a call. `unavailable`: down, slow, busy, resting after failures, or not understood. */
export type CoreBankingAnswer<Known> =
  | { readonly kind: 'known'; readonly known: Known }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable' };

/** Core banking behind a port; none of it rejects. */
export interface CoreBanking {
  /** The record of a customer; `unknown` where core banking knows nobody of that number, or it can be nobody's. */
  customer(customerNumber: string): Promise<CoreBankingAnswer<KycRecord>>;
  transactions(customerNumber: string): Promise<CoreBankingAnswer<readonly TransactionSummary[]>>;
  health(): Health;
  stop(): void;
}

export interface CoreBankingMeters {
  called(operation: string, outcome: 'known' | 'unknown' | 'timeout' | 'busy' | 'resting' | 'faulted' | 'unfit'): void;
  breaker(state: 'closed' | 'half_open' | 'open'): void;
}

const ANSWER_BYTES_MAX = 2 * 1024 * 1024;
const WSDL_PARTS_MAX = 10;
const FAILURES_PERCENT = 50;
/** Fewer calls within the window say nothing. */
const CALLS_MIN = 5;
const WINDOW_MS = 10_000;

/** Nothing is converted: a number or a date stays the text that came. */
const keptTypes = [
  'int',
  'integer',
  'short',
  'long',
  'double',
  'float',
  'decimal',
  'bool',
  'boolean',
  'dateTime',
  'date',
];
const customDeserializer = Object.fromEntries(keptTypes.map((type) => [type, (text: string) => text]));

const operations = ['Customer', 'Transactions'] as const;
type Operation = (typeof operations)[number];

/** Asks by the operations that the WSDL names, which is read at the first call and kept once it could be. */
export function createCoreBanking(address: CoreBankingAddress, meters: CoreBankingMeters, logger: Logger): CoreBanking {
  // Loaded here, so that it takes none of the first call's time; a billing without core banking does without it.
  const library = import('soap');
  const client = keptOnceMade(async () => connect(await library, address));
  const breaker = new CircuitBreaker(
    async (operation: Operation, customerNumber: string) => invoke(await client(), operation, customerNumber),
    {
      timeout: 2 * address.timeoutMs,
      capacity: address.concurrency,
      errorThresholdPercentage: FAILURES_PERCENT,
      resetTimeout: address.restMs,
      volumeThreshold: CALLS_MIN,
      rollingCountTimeout: WINDOW_MS,
      // Being busy here says nothing of core banking.
      errorFilter: (error: unknown) => codeOf(error) === 'ESEMLOCKED',
    },
  );
  observe(breaker, meters, logger);

  const ask = async <Known>(
    operation: Operation,
    customerNumber: string,
    read: (answer: unknown) => Known | undefined,
  ): Promise<CoreBankingAnswer<Known>> => {
    if (!isCustomerNumber(customerNumber)) return { kind: 'unknown' };
    try {
      const known = read(await breaker.fire(operation, customerNumber));
      meters.called(operation, known === undefined ? 'unknown' : 'known');
      return known === undefined ? { kind: 'unknown' } : { kind: 'known', known };
    } catch (error) {
      meters.called(operation, outcomeOf(error));
      return { kind: 'unavailable' };
    }
  };
  return {
    customer: (number) => ask('Customer', number, (answer) => kycOf(answer, number)),
    transactions: (number) => ask('Transactions', number, transactionsOf),
    health: () => (breaker.opened || breaker.halfOpen ? 'degraded' : 'ok'),
    stop: () => breaker.shutdown(),
  };
}

async function connect(
  { BasicAuthSecurity, createClientAsync }: typeof import('soap'),
  { wsdlUrl, url, timeoutMs, username, password }: CoreBankingAddress,
): Promise<Client> {
  const bounds = { timeoutMs, bytesMax: ANSWER_BYTES_MAX };
  const origins = new Set([new URL(wsdlUrl).origin, new URL(url).origin]);
  let parts = 0;
  const overrideImportLocation = (location: string): string => {
    parts += 1;
    if (parts > WSDL_PARTS_MAX || !origins.has(new URL(location).origin)) throw new Error('an import is not followed');
    return location;
  };
  const client = await createClientAsync(wsdlUrl, {
    endpoint: url,
    disableCache: true,
    handleNilAsNull: true,
    customDeserializer,
    httpClient: boundedTransport(bounds, origins),
    wsdl_options: { overrideImportLocation },
  });
  // One that lacks an operation is not kept, but read again at the next call.
  for (const operation of operations) methodOf(client, operation);
  client.setSecurity(new BasicAuthSecurity(username, password));
  return client;
}

async function invoke(client: Client, operation: Operation, customerNumber: string): Promise<unknown> {
  const method = methodOf(client, operation);
  return new Promise((resolve, reject) => {
    method({ customerNumber }, (error: unknown, answer: unknown, envelope: unknown) => {
      // The library makes the same nothing of an empty response, which has a meaning, and of no response at all.
      if (error !== null && error !== undefined) reject(asError(error));
      else if (answer === undefined || !hasElement(String(envelope), `${operation}Response`))
        reject(new UnfitAnswerError(`${operation}Response`));
      else resolve(answer);
    });
  });
}

function methodOf(client: Client, operation: Operation): SoapMethod {
  const method: unknown = client[operation];
  if (typeof method !== 'function') throw new Error(`the WSDL names no operation ${operation}`);
  return method as SoapMethod;
}

/** The library throws some faults as plain objects. */
const asError = (error: unknown): Error => (Error.isError(error) ? error : new Error('no SOAP answer'));

/** Makes it at the first use, and again at the next after it could not be made. */
function keptOnceMade<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

function observe(breaker: CircuitBreaker<[Operation, string]>, meters: CoreBankingMeters, logger: Logger): void {
  meters.breaker('closed');
  breaker.on('open', () => {
    meters.breaker('open');
    logger.warn({ peer: 'core-banking' }, 'core banking fails; it is not asked for a while');
  });
  breaker.on('halfOpen', () => meters.breaker('half_open'));
  breaker.on('close', () => {
    meters.breaker('closed');
    logger.info({ peer: 'core-banking' }, 'core banking answers again');
  });
}

const outcomes: Readonly<Record<string, 'timeout' | 'busy' | 'resting'>> = {
  ETIMEDOUT: 'timeout',
  ESEMLOCKED: 'busy',
  EOPENBREAKER: 'resting',
};

function codeOf(error: unknown): string {
  return Error.isError(error) && 'code' in error ? String(error.code) : '';
}

function outcomeOf(error: unknown): Parameters<CoreBankingMeters['called']>[1] {
  if (!Error.isError(error)) return 'faulted';
  if (error.name === 'UnfitAnswerError') return 'unfit';
  if (error.name === 'TimeoutError') return 'timeout';
  return outcomes[codeOf(error)] ?? 'faulted';
}

/**
 * What no answer may hold. SOAP forbids a document type, and without one there are no entities to expand or to fetch;
 * references between elements (`id`, `href`) are of an older encoding, by which the library writes where a hostile
 * answer says, up to the prototype of all objects.
 */
const forbidden = /<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)|\s(?:id|href)\s*=/i;

/** An answer that is not even handed to the parser. */
class RefusedXmlError extends Error {
  override name = 'RefusedXmlError';
}

/** Carries the library's requests, each within `bounds`, to the origins given and nowhere else. */
function boundedTransport(bounds: FetchBounds, origins: ReadonlySet<string>): IHttpClient {
  const ask = async (url: string, body: unknown, headers: Record<string, string>) => {
    if (!origins.has(new URL(url).origin)) throw new RefusedXmlError('an address of another origin');
    const request = typeof body === 'string' ? { method: 'POST', body, headers } : { headers };
    const answer = await fetchText(url, request, bounds);
    if (answer.status > 299) throw new Error(`status ${answer.status}`);
    if (forbidden.test(answer.text)) throw new RefusedXmlError('a document type, entities or references');
    return answer;
  };
  const request: IHttpClient['request'] = (url, body, callback, headers) => {
    const { Connection: _perHop, ...sent } = (headers ?? {}) as Record<string, string>;
    const asked = ask(url, body, sent).then(({ status, text }) => {
      callback(null, { status, statusCode: status, headers: {}, data: text }, text);
    });
    // The library parses within its callback; what that throws ends the call as well.
    asked.catch((error: unknown) => callback(error));
    return asked as never;
  };
  return { request };
}
