import { randomUUID } from 'node:crypto';
import type { Things } from './routes.ts';

/** Of no customer, loan or payment. */
const GUESSED_ID = '018f0000-0000-7000-8000-00000000000f';
export const guessed: Things = { customers: GUESSED_ID, loans: GUESSED_ID, payments: GUESSED_ID };

const REQUEST_TIMEOUT_MS = 20_000;
/** Parameters that are no customer, loan or payment; nothing is behind most of them. */
const parameters: Readonly<Record<string, string>> = {
  id: GUESSED_ID,
  delivery_id: GUESSED_ID,
  name: 'no-calendar',
  code: 'weekly-flat-50',
  date: '2026-01-01',
  month: '2199-12',
  provider: 'nobody',
  customerNumber: '1',
};

/** The path of a template, with the id of that thing of theirs which the segment before it names. */
export function pathOf(template: string, things: Things): string {
  return template.replace(/([^/]+)\/\{(\w+)\}/g, (_, segment: string, name: string) => {
    const own = name === 'id' ? things[segment as keyof Things] : undefined;
    return `${segment}/${own ?? parameters[name]}`;
  });
}

export interface Asked {
  readonly route: string;
  readonly things: Things;
  readonly body?: object;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
export interface Told {
  readonly status: number;
  readonly text: string;
  readonly body: { readonly data: readonly Record<string, unknown>[] } & Record<string, unknown>;
  readonly headers: Headers;
}

/** Asks by the route's template as one caller does; a change has an Idempotency-Key of its own, and an empty body unless told. */
export function asking(url: string, token: string | undefined) {
  return async ({ route, things, body = {}, query = '', headers = {} }: Asked): Promise<Told> => {
    const [method = '', template = ''] = route.split(' ');
    const isRead = method === 'GET' || method === 'HEAD';
    const response = await fetch(`${url}${pathOf(template, things)}${query}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(isRead ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
        ...headers,
      },
      ...(isRead ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    return { status: response.status, text, body: isJson ? JSON.parse(text) : {}, headers: response.headers };
  };
}

/** All of an answer but what each request has for itself: its id, its moment, and the id that it asked for. */
export function bytesOf({ status, text, headers }: Told, things: Things): string {
  const own = new Set(['x-request-id', 'date']);
  const shown = [...headers].filter(([name]) => !own.has(name));
  const whole = JSON.stringify([status, shown, text]).replaceAll(headers.get('x-request-id') ?? '', 'request');
  return Object.values(things).reduce((bytes, id) => bytes.replaceAll(id, 'id'), whole);
}
