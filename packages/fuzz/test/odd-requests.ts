import { Agent, request } from 'node:http';
import type { HttpAnswer } from '../src/http.ts';

/** One way in which a request can be odd, beyond what a client library would send. */
export interface Oddity {
  readonly name: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Buffer;
  readonly query?: string;
  /** Stands in the path where an id would. */
  readonly id?: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const json = (name: string, body: string | Buffer): Oddity => ({ name, body, headers: JSON_TYPE });
const typed = (type: string): Oddity => ({ name: `type ${type}`, body: '{}', headers: { 'content-type': type } });
const header = (name: string, value: string | string[]): Oddity => ({
  name: `${name}: ${String(value).slice(0, 30)}`,
  body: '{}',
  headers: { ...JSON_TYPE, [name]: value },
});

const LONG = 10_000;
const DEEP = 50_000;

const bodies: Oddity[] = [
  json('invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
  json('a byte order mark', Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d])),
  json('UTF-16', Buffer.from('{}', 'utf16le')),
  json('lists without end', '['.repeat(DEEP)),
  json('objects, nested and closed', `${'{"a":'.repeat(LONG)}1${'}'.repeat(LONG)}`),
  json('a number beyond any range', '{"a":1e400}'),
  json('an integer of 300 digits', `{"amount":{"amount":${'9'.repeat(300)},"currency":"IDR"}}`),
  json('an amount of 300 digits', `{"amount":{"amount":"${'9'.repeat(300)}","currency":"IDR"}}`),
  json('half a surrogate pair', '{"reason":"\\ud800"}'),
  json('a NUL', '{"reason":"\\u0000"}'),
  json('a NUL in a key', '{"\\u0000":1}'),
  json('the prototype', '{"__proto__":{"roles":["admin"]}}'),
  json('the constructor', '{"constructor":{"prototype":{"roles":["admin"]}}}'),
  json('a key twice', '{"reason":"a","reason":"b"}'),
  json('something after it', '{} x'),
  json('null', 'null'),
  json('a text', '"text"'),
  json('a number', '7'),
  json('nothing', ''),
  json('300 kB', `{"reason":"${'x'.repeat(300_000)}"}`),
  ...['', ',', 'nonsense', 'text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded'].map(typed),
  ...['APPLICATION/JSON', 'application/json;', 'application/json; charset=utf-16'].map(typed),
];

const headers: Oddity[] = [
  header('content-encoding', 'gzip'),
  header('idempotency-key', ''),
  header('idempotency-key', ['one', 'two']),
  header('idempotency-key', 'k'.repeat(300)),
  header('idempotency-key', '\u00fc'),
  header('if-match', 'nonsense'),
  header('if-match', ['"1"', '"2"']),
  header('if-match', '"99999999999999999999"'),
  header('prefer', 'wait=99999999999999'),
  header('prefer', ['wait=-1', 'wait="1"', ';;==']),
  header('traceparent', '00-zz-zz-01'),
  header('x-request-id', '\u00ff'.repeat(500)),
  header('x-http-method-override', 'DELETE'),
  header('accept', 'text/html;q=nonsense'),
  header('range', 'bytes=9-1'),
  header('expect', '200-maybe'),
  header('x-long', 'x'.repeat(2 * LONG)),
];

const queries: Oddity[] = [
  'limit=1&limit=2',
  'limit=1e400',
  'limit=-0',
  'limit=%00',
  '__proto__=1&constructor=1',
  'as_of[day]=1',
  'as_of=2026-02-30',
  'as_of=0001-01-01',
  'as_of=9999-12-31',
  'known_at=9999-12-31T23:59:59.999999Z',
  'known_at=0001-01-01T00:00:00Z',
  'cursor=%ff%fe',
  'cursor=eyJpZCI6Im5vbmUifQ',
  'text=%25_%5C%27%22',
  '%',
  `x=${'y'.repeat(LONG)}`,
].map((query) => ({ name: `query ${query.slice(0, 40)}`, query }));

const ids: Oddity[] = ['%00', '%E0%A4%A', '%C0%AF', '..%2F..%2Fmetrics', "1'--", 'x'.repeat(300), '%F0%9F%99%82'].map(
  (id) => ({ name: `id ${id.slice(0, 20)}`, id }),
);

const UNKNOWN_ID = '019aa4f1-6c00-7000-8000-000000000001';

/** Those that mean something to the operation: a body only where one is read, an id only where there is one. */
export function odditiesFor(method: string, template: string): readonly Oddity[] {
  return [
    ...queries,
    ...(method === 'GET' ? headers.map(({ body: _, ...rest }) => rest) : [...bodies, ...headers]),
    ...(template.includes('{') ? ids : []),
  ];
}

export interface OddRequest {
  readonly url: string;
  readonly authorization: string;
  readonly method: string;
  readonly template: string;
  readonly oddity: Oddity;
}

const TIMEOUT_MS = 20_000;
export const oddAgent = new Agent({ keepAlive: true, maxSockets: 8 });

/** Sends the request as it is, without the corrections of a client library. */
export function sendOdd({ url, authorization, method, template, oddity }: OddRequest): Promise<HttpAnswer> {
  const { id = UNKNOWN_ID, query, headers: odd = {}, body } = oddity;
  const path = template.replaceAll(/\{[^}]+\}/g, id) + (query === undefined ? '' : `?${query}`);
  const key = method === 'GET' ? {} : { 'idempotency-key': `odd-${oddity.name.length}` };
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url + encodeURI(path).replaceAll('%25', '%'),
      { method, agent: oddAgent, timeout: TIMEOUT_MS, headers: { authorization, ...key, ...length, ...odd } },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const told = new Headers(
            Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as [string, string]),
          );
          resolve({
            status: answer.statusCode ?? 0,
            headers: told,
            body: text.startsWith('{') ? JSON.parse(text) : text,
          });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
