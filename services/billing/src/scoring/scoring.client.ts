import { type BasicCredentials, fetchText } from '@tenor/service-kit';
import type { Score } from './score.ts';
import {
  answerOfEngine,
  clientOf,
  type EngineClient,
  queryTokenOf,
  type ScoringAnswer,
  scoreOf,
} from './scoring-answer.ts';

/** The scoring engine as the configuration names it. */
export interface ScoringAddress {
  /** Its origin, without a slash at the end. */
  readonly url: string;
  readonly timeoutMs: number;
  /** How it comes back to us for transactions. */
  readonly callback: BasicCredentials & { readonly url: string };
}

/** Asks the scoring engine; never rejects, since no answer is an answer too. */
export interface ScoringEngine {
  /** Registers us; each call makes a new client. */
  createClient(): Promise<ScoringAnswer<EngineClient>>;
  initiate(client: EngineClient, customerNumber: string): Promise<ScoringAnswer<string>>;
  query(client: EngineClient, token: string, customerNumber: string): Promise<ScoringAnswer<Score>>;
}

export type ScoringCall = 'create_client' | 'initiate' | 'query';
export interface ScoringMeters {
  called(call: ScoringCall, outcome: ScoringAnswer<unknown>['kind']): void;
}

const ANSWER_BYTES_MAX = 64 * 1024;
const CLIENT_NAME = 'tenor';

export function createScoringEngine(
  { url, timeoutMs, callback }: ScoringAddress,
  meters: ScoringMeters,
): ScoringEngine {
  const bounds = { timeoutMs, bytesMax: ANSWER_BYTES_MAX };
  const ask = async <Told>(
    call: ScoringCall,
    path: string,
    request: RequestInit,
    read: (body: unknown) => Told | undefined,
  ): Promise<ScoringAnswer<Told>> => {
    const answer = await fetchText(`${url}/api/v1${path}`, request, bounds).then(
      ({ status, text }) => answerOfEngine(status, text, read),
      (error: unknown) => ({ kind: 'faulted' as const, reason: Error.isError(error) ? error.name : 'no answer' }),
    );
    meters.called(call, answer.kind);
    return answer;
  };
  const asClient = ({ token }: EngineClient) => ({ headers: { 'client-token': token } });
  return {
    createClient() {
      const body = JSON.stringify({ ...callback, name: CLIENT_NAME });
      const headers = { 'content-type': 'application/json' };
      return ask('create_client', '/client/createClient', { method: 'POST', headers, body }, clientOf);
    },
    initiate(client, customerNumber) {
      const path = `/scoring/initiateQueryScore/${encodeURIComponent(customerNumber)}`;
      return ask('initiate', path, asClient(client), queryTokenOf);
    },
    query(client, token, customerNumber) {
      const path = `/scoring/queryScore/${encodeURIComponent(token)}`;
      return ask('query', path, asClient(client), (body) => scoreOf(body, customerNumber));
    },
  };
}
