import { problems } from '@tenor/contracts';
import {
  isEnvironmentFault,
  isRefusal,
  ProblemError,
  problemOf,
  refusalOf,
  statusOf,
  validationFailed,
} from '../src/index.ts';

const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('an environment fault', () => {
  test.each([
    '08006',
    '08003',
    '40001',
    '40P01',
    '53300',
    '53100',
    '55P03',
    '57014',
    '57P01',
    '57P03',
    '25P04',
    '25006',
    '28P01',
    '58030',
    '42P01',
    '42703',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
  ])('is %s', (code) => expect(isEnvironmentFault(withCode(code))).toBe(true));

  test.each(['23505', '23514', '22P02', '42501', '42601', '0A000', 'P0001', '25001', 'ENOENT', 'ERR_ASSERTION'])(
    'is not %s',
    (code) => expect(isEnvironmentFault(withCode(code))).toBe(false),
  );

  test.each([
    { what: "pg's client", message: 'Connection terminated unexpectedly' },
    { what: "pg's pool", message: 'timeout exceeded when trying to connect' },
    { what: 'a read time-out', message: 'Query read timeout' },
    { what: 'a dead client', message: 'Client has encountered a connection error and is not queryable' },
  ])('is told by the words of $what, which have no code', ({ message }) =>
    expect(isEnvironmentFault(new Error(message))).toBe(true),
  );

  test('is found behind a driver error, a cause and an aggregate, and never endlessly', () => {
    expect(isEnvironmentFault(Object.assign(new Error('query failed'), { driverError: withCode('40P01') }))).toBe(true);
    expect(isEnvironmentFault(new Error('outer', { cause: new Error('middle', { cause: withCode('EPIPE') }) }))).toBe(
      true,
    );
    expect(isEnvironmentFault(new AggregateError([withCode('23505'), withCode('ECONNREFUSED')]))).toBe(true);
    const circle = new Error('circle');
    circle.cause = circle;
    expect(isEnvironmentFault(circle)).toBe(false);
  });

  test("is a broker's retriable error, and not its other ones", () => {
    const kafka = (retriable: boolean) => Object.assign(new Error('x'), { name: 'KafkaJSProtocolError', retriable });
    expect([kafka(true), kafka(false)].map(isEnvironmentFault)).toEqual([true, false]);
  });

  test.each([undefined, null, 'ECONNRESET', 7])('is not %p', (value) => expect(isEnvironmentFault(value)).toBe(false));
});

describe('a refusal', () => {
  test.each([
    { value: { refused: 'not_found', detail: 'x' }, expected: true },
    { value: { refused: 'no_such_code', detail: 'x' }, expected: false },
    { value: { refused: 'toString', detail: 'x' }, expected: false },
    { value: { id: '1' }, expected: false },
    { value: null, expected: false },
    { value: 'refused', expected: false },
  ])('$value is one: $expected', ({ value, expected }) => expect(isRefusal(value)).toBe(expected));

  const request = { id: 'r-1', url: '/v1/loans?cursor=secret' };

  test('has the status of its class, whatever its code', () => {
    for (const [code, { class: problemClass }] of Object.entries(problems)) {
      const { status, body } = problemOf({ refused: code as keyof typeof problems, detail: 'd' }, request);
      expect({ status, said: body.status, code: body.code }).toEqual({
        status: statusOf(problemClass),
        said: status,
        code,
      });
    }
  });

  test('never repeats the query, and asks to come back when that makes sense', () => {
    const { body, headers } = problemOf({ refused: 'projection_behind', detail: 'Not yet.' }, request);
    expect(body.instance).toBe('/v1/loans');
    expect(headers).toEqual({ 'retry-after': '1' });
    const meta = { retry_after_seconds: 30, headers: { 'x-extra': '1' }, waited_ms: 5 };
    const given = problemOf({ refused: 'database_unavailable', detail: 'Down.', meta }, request);
    expect(given.headers).toEqual({ 'retry-after': '30', 'x-extra': '1' });
    expect(given.body.meta).toEqual({ waited_ms: 5 });
  });

  test('of several faults names the first three in words and all in its list', () => {
    const errors = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
      pointer: `/${name}`,
      code: 'type',
      message: 'is wrong',
    }));
    const refusal = validationFailed(errors);
    expect(refusal.detail).toBe('/a is wrong; /b is wrong; /c is wrong; and 2 more');
    expect(problemOf(refusal, request).body.errors).toEqual(errors);
  });
});

describe('a thrown error', () => {
  test.each([
    { error: new ProblemError({ refused: 'state_conflict', detail: 'x' }), code: 'state_conflict' },
    { error: withCode('FST_ERR_CTP_BODY_TOO_LARGE'), code: 'body_too_large' },
    { error: Object.assign(withCode('FST_ERR_CTP_OTHER'), { statusCode: 400 }), code: 'malformed_request' },
    { error: Object.assign(withCode('ECONNRESET', 'aborted'), { statusCode: 400 }), code: 'malformed_request' },
    { error: withCode('40001'), code: 'database_unavailable' },
    { error: withCode('23505', 'duplicate key (ana@example.com)'), code: 'internal_error' },
    { error: 'text', code: 'internal_error' },
    { error: undefined, code: 'internal_error' },
  ])('is answered as $code', ({ error, code }) => {
    const refusal = refusalOf(error);
    expect(refusal.refused).toBe(code);
    expect(refusal.detail).not.toContain('ana@');
  });
});
