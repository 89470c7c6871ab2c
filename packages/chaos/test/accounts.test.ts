import { accountFor } from '../src/accounts.ts';
import type { Acknowledged } from '../src/operation-log.ts';

const told = (key: string, id: string, reference = key): Acknowledged => ({
  kind: 'loan',
  key,
  path: '/v1/loans',
  body: { external_id: reference },
  id,
  attempts: 1,
  askedAt: 0,
  answeredAt: 0,
});
const row = (reference: string, id: string) => ({ id, reference });

describe('the account of what was acknowledged', () => {
  test.each([
    { what: 'all is there once', told: [told('a', '1')], stored: [row('a', '1')], expected: [0, 0, 0] },
    {
      what: 'copies had one answer',
      told: [told('a', '1'), told('a', '1')],
      stored: [row('a', '1')],
      expected: [0, 0, 0],
    },
    { what: 'nothing is there', told: [told('a', '1')], stored: [], expected: [1, 0, 0] },
    { what: 'it is there under another id', told: [told('a', '1')], stored: [row('a', '2')], expected: [1, 0, 0] },
    { what: 'it is there twice', told: [told('a', '1')], stored: [row('a', '1'), row('a', '2')], expected: [0, 1, 0] },
    {
      what: 'copies had two answers',
      told: [told('a', '1'), told('a', '2')],
      stored: [row('a', '1')],
      expected: [0, 1, 0],
    },
    {
      what: 'two operations are acknowledged as one',
      told: [told('a', '1', 'same'), told('b', '1', 'same')],
      stored: [row('same', '1')],
      expected: [0, 1, 0],
    },
    { what: 'something is there that nobody was told of', told: [], stored: [row('a', '1')], expected: [0, 0, 1] },
  ])('when $what: lost, doubled, unasked $expected', ({ told: acknowledged, stored, expected }) => {
    const { lost, doubled, unasked } = accountFor(acknowledged, stored, ({ body }) => String(body['external_id']));
    expect([lost.length, doubled.length, unasked.length]).toEqual(expected);
  });
});
