import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  AmountSchema,
  DateSchema,
  InstantSchema,
  MoneySchema,
  NonNegativeAmountSchema,
  PageQuerySchema,
  PositiveAmountSchema,
  pageOf,
  topicSettings,
  topics,
  UuidSchema,
} from '../src/index.ts';

const check = (schema: TSchema, value: unknown) => Compile(schema).Check(value);

describe('amounts', () => {
  test.each([
    ['44000.00', true, true, true],
    ['44000', true, true, true],
    ['0.0001', true, true, true],
    ['999999999999999.9999', true, true, true],
    ['0', true, true, false],
    ['0.00', true, true, false],
    ['-1.50', true, false, false],
    ['+1', false, false, false],
    ['1.', false, false, false],
    ['.5', false, false, false],
    ['1.00000', false, false, false],
    ['1000000000000000', true, false, false],
    ['100000000000000000000', false, false, false],
    ['1e3', false, false, false],
    ['1,000', false, false, false],
    [' 1', false, false, false],
    ['1\n', false, false, false],
    ['٣', false, false, false],
    ['', false, false, false],
    [44000, false, false, false],
  ])('%j: signed %s, from zero %s, positive %s', (text, signed, nonNegative, positive) => {
    expect(check(AmountSchema, text)).toBe(signed);
    expect(check(NonNegativeAmountSchema, text)).toBe(nonNegative);
    expect(check(PositiveAmountSchema, text)).toBe(positive);
  });

  test.each([
    [{ amount: '1.00', currency: 'IDR' }, true],
    [{ amount: '1.00', currency: 'idr' }, false],
    [{ amount: '1.00', currency: 'RUPIAH' }, false],
    [{ amount: '1.00' }, false],
    [{ amount: '1.00', currency: 'IDR', note: 'x' }, false],
    ['1.00 IDR', false],
  ])('money %j: %s', (value, expected) => expect(check(MoneySchema, value)).toBe(expected));
});

describe('dates, instants and ids', () => {
  test.each([
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-02-30', false],
    ['2026-13-01', false],
    ['2026-1-1', false],
    ['2026-01-01T00:00:00Z', false],
  ])('date %s: %s', (text, expected) => expect(check(DateSchema, text)).toBe(expected));

  test.each([
    ['2026-11-21T07:50:05Z', true],
    ['2026-11-21T07:50:05.123456Z', true],
    ['2026-11-21T07:50:05.1234567Z', false],
    ['2026-11-21T07:50:05+00:00', false],
    ['2026-11-21T25:50:05Z', false],
    ['2026-02-30T07:50:05Z', false],
    ['2026-11-21', false],
  ])('instant %s: %s', (text, expected) => expect(check(InstantSchema, text)).toBe(expected));

  test.each([
    ['019aa4f1-6c00-7000-8000-000000000001', true],
    ['019aa4f16c0070008000000000000001', false],
    ['1', false],
  ])('id %s: %s', (text, expected) => expect(check(UuidSchema, text)).toBe(expected));
});

describe('pages', () => {
  test.each([
    [{ limit: 200 }, true],
    [{ limit: 201 }, false],
    [{ limit: 0 }, false],
    [{ limit: 1.5 }, false],
    [{ limit: 10, cursor: 'abc' }, true],
    [{ limit: 10, cursor: '' }, false],
    [{ limit: 10, offset: 3 }, false],
  ])('query %j: %s', (query, expected) => expect(check(PageQuerySchema, query)).toBe(expected));

  test('an answer has its data and where to go on', () => {
    const schema = pageOf(Type.String());
    expect(check(schema, { data: ['a'], next_cursor: null })).toBe(true);
    expect(check(schema, { data: ['a'], next_cursor: 'n' })).toBe(true);
    expect(check(schema, { data: ['a'] })).toBe(false);
  });
});

test('every topic is kept for ever and never compacted, since its key is the customer', () => {
  expect(Object.keys(topicSettings).toSorted()).toEqual(Object.values(topics).toSorted());
  for (const settings of Object.values(topicSettings)) {
    expect(settings).toMatchObject({ partitions: 12, retentionMs: -1, cleanupPolicy: 'delete' });
  }
});
