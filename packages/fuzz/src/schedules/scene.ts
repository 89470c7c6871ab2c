import type { LocalDate } from '@tenor/calendar';
import type { Ask, HttpAnswer } from '../http.ts';
import type { LoanKind } from './loan-kinds.ts';
import type { Labels } from './program.ts';
import type { Provider } from './provider.ts';

/** A request as it was sent. */
export interface Sent {
  readonly by: keyof Callers;
  readonly method: string;
  /** As in the OpenAPI document. */
  readonly template: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly key: string | undefined;
  readonly json: unknown;
  /** The one status that can be right; any that is documented, unless given. */
  readonly onlyStatus?: number;
}

/** A request with its answer. */
export interface Exchange extends Sent {
  readonly answer: HttpAnswer;
}

export interface Callers {
  readonly officer: Ask;
  readonly admin: Ask;
}

export interface Stage {
  readonly callers: Callers;
  readonly provider: Provider;
  readonly today: LocalDate;
  /** Sets this schedule's keys and external ids apart from those of all others. */
  readonly name: string;
}

/** A customer of a schedule, with whatever is known of it so far. */
export interface Scene extends Stage {
  /** Sets this customer's keys and external ids apart from those of the others. */
  readonly customerName: string;
  readonly customerId: string;
  readonly loans: { readonly id: string; readonly kind: LoanKind }[];
  readonly payments: string[];
  readonly exchanges: Exchange[];
  /** Whether the provider will have anything to do. */
  readonly asksProvider: boolean;
  /** How many operations it had made before this schedule. */
  readonly operationsBefore: number;
}

export interface Sending {
  readonly by?: keyof Callers;
  /** Stand in the template's brackets. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly onlyStatus?: number;
}

/** Sends a request and keeps it with its answer. */
export function send(
  scene: Pick<Scene, 'callers' | 'exchanges'>,
  method: string,
  template: string,
  sending: Sending,
): Promise<HttpAnswer> {
  const { by = 'officer', params = {}, query = {}, headers = {}, key, json, ...more } = sending;
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  const search = new URLSearchParams(query).toString();
  return repeat(scene, {
    by,
    method,
    template,
    path: search === '' ? path : `${path}?${search}`,
    headers: { ...(key === undefined ? {} : { 'idempotency-key': key }), ...headers },
    key,
    json,
    ...more,
  });
}

/** Sends a request as it was sent before. */
export async function repeat({ callers, exchanges }: Pick<Scene, 'callers' | 'exchanges'>, sent: Sent) {
  const { by, method, path, headers, json } = sent;
  const answer = await callers[by]({ method, path, headers, json });
  exchanges.push({ ...sent, answer });
  return answer;
}

/** An idempotency key of the customer's own, or one that all customers of the schedule share. */
export const keyOf = ({ name, customerName }: Scene, label: string, { shared }: Pick<Labels, 'shared'>): string =>
  `${shared === 'key' ? name : customerName}-${label}`;

/** What a request says of its external id, if it has one: the customer's own, or one that all share. */
export function externalIdOf({ name, customerName }: Scene, prefix: string, { externalId, shared }: Labels) {
  if (externalId === null) return {};
  return { external_id: `${shared === 'external id' ? name : customerName}-${prefix}-${externalId}` };
}

/** The operations that the provider has made in this schedule. */
export const operationsOf = ({ provider, operationsBefore }: Scene) => provider.operations().slice(operationsBefore);

/** One of those there are; a choice means another one once there are more. */
export const pick = <T>(from: readonly T[], choice: number): T => from[choice % from.length] as T;

/** The ids that answers of this status told, each once. */
export function idsTold(exchanges: readonly Exchange[], is: (exchange: Exchange) => boolean, status: number): string[] {
  const told = exchanges.filter((exchange) => is(exchange) && exchange.answer.status === status);
  return [...new Set(told.map(({ answer }) => (answer.body as { id: string }).id))].sort();
}
