import { Type } from 'typebox';
import {
  allows,
  childTraceparent,
  createLogger,
  decodeCursor,
  encodeCursor,
  externalRef,
  isRealDate,
  isRealInstant,
  isRefusal,
  newId,
  pageOfRows,
  parseTraceparent,
  permissions,
  systemClock,
  timeOfId,
} from '../src/index.ts';
import { logLines } from './app-fixture.ts';

describe('ids', () => {
  test('grow with time, and tell when they were made', () => {
    const ids = Array.from({ length: 1000 }, newId);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(1000);
    expect(timeOfId('019a6f2c-5a00-7000-8000-000000000000')).toEqual(new Date(0x019a6f2c5a00));
    expect(Math.abs((timeOfId(newId())?.getTime() ?? 0) - systemClock.now().getTime())).toBeLessThan(60_000);
  });

  test.each(['', 'x', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', '019a6f2c-5a00-7000-8000-00000000000'])(
    'of another kind tell no time: %p',
    (id) => expect(timeOfId(id)).toBeUndefined(),
  );

  test("a client's id becomes a reference that depends on the key and on the id alone", () => {
    // RFC 4231, test case 2.
    expect(externalRef('Jefe', 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    expect(externalRef('a', 'c-1')).not.toBe(externalRef('b', 'c-1'));
  });
});

describe('dates and instants of a request', () => {
  test.each([
    ['2024-02-29', true],
    ['2000-02-29', true],
    ['1900-02-29', false],
    ['2026-02-30', false],
    ['2026-04-31', false],
    ['2026-13-01', false],
    ['2026-00-10', false],
    ['2026-01-00', false],
    ['0000-01-01', false],
    ['2026-1-1', false],
    ['2026-01-01T00:00:00Z', false],
    ['2026-01-01\n', false],
  ])('%p is a day: %p', (text, expected) => expect(isRealDate(text)).toBe(expected));

  test.each([
    ['2026-11-21T07:50:05.123456Z', true],
    ['2026-11-21T07:50:05+07:00', true],
    ['2026-11-21T07:50:05', false],
    ['2026-02-30T07:50:05Z', false],
    ['2026-11-21T24:00:00Z', false],
    ['2026-11-21T23:59:60Z', false],
    ['2026-11-21 07:50:05Z', false],
    ['2026-11-21T07:50:05.1234567890Z', false],
  ])('%p is an instant: %p', (text, expected) => expect(isRealInstant(text)).toBe(expected));
});

describe('traceparent', () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const spanId = 'b7ad6b7169203331';

  test.each([
    { text: `00-${traceId}-${spanId}-01`, isSampled: true },
    { text: `00-${traceId}-${spanId}-00`, isSampled: false },
    { text: `cc-${traceId}-${spanId}-01-what-the-future-brings`, isSampled: true },
  ])('$text is read', ({ text, isSampled }) => expect(parseTraceparent(text)).toEqual({ traceId, spanId, isSampled }));

  test.each([
    undefined,
    '',
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-more`,
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `cc-${traceId}-${spanId}-01-${'x'.repeat(300)}`,
  ])('%p is not', (text) => expect(parseTraceparent(text)).toBeUndefined());

  test('goes on in the same trace as a new span, or starts a trace', () => {
    const child = parseTraceparent(childTraceparent(`00-${traceId}-${spanId}-00`));
    expect(child).toMatchObject({ traceId, isSampled: false });
    expect(child?.spanId).not.toBe(spanId);
    expect(parseTraceparent(childTraceparent('nonsense'))?.traceId).not.toBe(traceId);
  });
});

describe('pages', () => {
  const Position = Type.Tuple([Type.String({ format: 'date' }), Type.Integer()]);

  test('a cursor comes back as the position it was made of', () => {
    expect(decodeCursor(encodeCursor(['2026-01-01', 7]), Position)).toEqual(['2026-01-01', 7]);
    expect(decodeCursor(undefined, Position)).toBeUndefined();
    expect(encodeCursor(['??>', 1])).toMatch(/^[\w-]+$/);
  });

  test.each([
    { because: 'it is not JSON', cursor: 'nonsense' },
    { because: 'it is of another list', cursor: encodeCursor(['x']) },
    { because: 'its day does not exist', cursor: encodeCursor(['2026-02-30', 1]) },
    { because: 'it is endless', cursor: encodeCursor(['2026-01-01', 1]).padEnd(600, 'A') },
  ])('a cursor is refused when $because', ({ cursor }) => {
    const refusal = decodeCursor(cursor, Position);
    expect(refusal).toMatchObject({ refused: 'validation_failed', meta: { errors: [{ pointer: '/query/cursor' }] } });
    expect(isRefusal(refusal)).toBe(true);
  });

  test.each([
    { rows: [], ids: [], next: null },
    { rows: [1, 2], ids: ['1', '2'], next: null },
    { rows: [1, 2, 3], ids: ['1', '2'], next: encodeCursor(2) },
  ])('of $rows.length rows read for two, $ids are shown', ({ rows, ids, next }) => {
    const page = pageOfRows<number, string>(rows, 2, { item: String, position: (row) => row });
    expect(page).toEqual({ data: ids, next_cursor: next });
  });
});

describe('permissions', () => {
  test('an admin holds all but the one between services, an auditor no writing one, a customer what has owners', () => {
    const held = (role: string) =>
      Object.keys(permissions).filter((name) => allows([role], name as keyof typeof permissions));
    expect(Object.keys(permissions).filter((name) => !held('admin').includes(name))).toEqual(['internal:read']);
    expect(held('customer')).toEqual([
      'customers:read',
      'calendars:read',
      'products:read',
      'quotes:read',
      'eligibility:read',
      'loans:read',
      'loans:open',
      'payments:read',
      'payments:record',
    ]);
    expect(held('auditor').filter((name) => !name.endsWith(':read'))).toEqual([]);
    expect(allows(['customer', 'officer'], 'loans:write')).toBe(true);
    expect(allows([], 'loans:read')).toBe(false);
    expect(allows(['customer'], 'loans:write')).toBe(false);
  });
});

describe('the log', () => {
  test('writes JSON with the service, and no credentials', () => {
    const { lines, logger } = logLines('debug');
    const headers = { authorization: 'Bearer secret', cookie: 'secret', 'set-cookie': 'secret', accept: '*/*' };
    logger.info({ headers, req: { headers }, authorization: 'secret' }, 'seen');
    expect(lines[0]).toMatchObject({ level: 'info', service: 'test', msg: 'seen', headers: { accept: '*/*' } });
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  test('of a database error tells what broke and none of its values', () => {
    const { lines, logger } = logLines();
    const driverError = Object.assign(new Error('duplicate key'), {
      code: '23505',
      constraint: 'loans_key',
      detail: 'Key (email)=(ana@example.com)',
    });
    const error = Object.assign(new Error('query failed'), {
      driverError,
      parameters: ['ana@example.com'],
      query: 'insert',
    });
    logger.error({ err: error }, 'failed');
    logger.error(error);
    expect(lines[0]).toMatchObject({
      err: { message: 'query failed', cause: { code: '23505', constraint: 'loans_key' } },
    });
    expect(JSON.stringify(lines)).not.toContain('ana@');
  });

  test('is silent below its level', () => {
    const written: string[] = [];
    createLogger({ service: 's', level: 'warn', destination: { write: (line) => void written.push(line) } }).info('x');
    expect(written).toEqual([]);
  });
});
