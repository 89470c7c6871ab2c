import { randomUUID } from 'node:crypto';
import { type Static, Type } from 'typebox';

/** What a lender gives of itself: where its transactions are, and by which credentials. */
export const ClientSchema = Type.Object(
  {
    url: Type.String({ pattern: '^https?://' }),
    name: Type.String({ minLength: 1 }),
    username: Type.String({ minLength: 1 }),
    password: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
);
export type Client = Static<typeof ClientSchema> & { readonly id: number; readonly token: string };

/** A score that was asked for. */
export interface Query {
  readonly customerNumber: string;
  readonly token: string;
  /** How often it was asked since. */
  asked: number;
  /** Whether the lender has told the transactions, without which there is no score. */
  isReady: boolean;
}

export interface Registry {
  register(client: Static<typeof ClientSchema>): Client;
  clientOf(token: unknown): Client | undefined;
  begin(customerNumber: string): Query;
  queryOf(token: string): Query | undefined;
  readonly clients: number;
  readonly queries: number;
  /** No client is known any more. */
  forgetClients(): void;
}

/** In memory: a simulator that ends forgets everything, as no engine would. */
export function createRegistry(): Registry {
  const clients = new Map<string, Client>();
  const queries = new Map<string, Query>();
  let made = 0;
  return {
    register(given) {
      made += 1;
      const client = { ...given, id: made, token: randomUUID() };
      clients.set(client.token, client);
      return client;
    },
    clientOf: (token) => (typeof token === 'string' ? clients.get(token) : undefined),
    begin(customerNumber) {
      const query = { customerNumber, token: randomUUID(), asked: 0, isReady: false };
      queries.set(query.token, query);
      return query;
    },
    queryOf: (token) => queries.get(token),
    get clients() {
      return made;
    },
    get queries() {
      return queries.size;
    },
    forgetClients: () => clients.clear(),
  };
}
