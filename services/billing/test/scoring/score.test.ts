import { rejectionBy } from '../../src/scoring/score.ts';
import { answerOfEngine, clientOf, queryTokenOf, scoreOf } from '../../src/scoring/scoring-answer.ts';

const score = { score: '564', limitAmount: '10000', exclusion: 'No Exclusion', exclusionReason: null };
const principal = { minor: 1_000_000n, currency: 'KES' };

test.each([
  { because: 'the amount is the limit', told: {}, expected: undefined },
  { because: 'the limit has more digits', told: { limitAmount: '10000.0000000001' }, expected: undefined },
  { because: 'the amount is above the limit', told: { limitAmount: '9999.9999999999' }, expected: 'above_score_limit' },
  { because: 'there is an exclusion', told: { exclusion: 'Excluded' }, expected: 'score_exclusion' },
  { because: 'an exclusion is written otherwise', told: { exclusion: 'no exclusion' }, expected: 'score_exclusion' },
  { because: 'both', told: { exclusion: 'X', limitAmount: '0' }, expected: 'score_exclusion' },
])('$expected when $because', ({ told, expected }) => {
  expect(rejectionBy({ ...score, ...told }, principal, { status: 'active' })).toBe(expected);
  expect(rejectionBy({ ...score, ...told }, principal, { status: 'inactive' })).toBe('customer_inactive');
});

const answer = '{"id":9,"customerNumber":"234","score":564,"limitAmount":30000.10,"exclusion":"No Exclusion"}';

test.each([
  { what: 'a limit as text', limit: '"1"', limitAmount: '1' },
  { what: 'a limit as Java writes large ones', limit: '3.0E7', limitAmount: '30000000' },
  { what: 'a negative limit', limit: '-1', limitAmount: '-1' },
  { what: 'a limit that is no amount', limit: '99999999999999999999', limitAmount: undefined },
  { what: 'a limit of too many decimals', limit: '1.00000000001', limitAmount: undefined },
  { what: 'no limit', limit: 'null', limitAmount: undefined },
])('reads $what', ({ limit, limitAmount }) => {
  const read = answerOfEngine(200, answer.replace('30000.10', limit), (body) => scoreOf(body, '234'));
  expect(read.kind === 'told' ? read.told.limitAmount : undefined).toBe(limitAmount);
});

test('of whom the engine excludes it need not tell more', () => {
  const text = '{"customerNumber":"234","score":null,"exclusion":"Fraud","exclusionReason":"known"}';
  expect(answerOfEngine(200, text, (body) => scoreOf(body, '234'))).toEqual({
    kind: 'told',
    told: { score: null, limitAmount: null, exclusion: 'Fraud', exclusionReason: 'known' },
  });
});

test.each([
  {
    what: 'a score with its digits',
    status: 200,
    text: answer,
    expected: { kind: 'told', told: { ...score, limitAmount: '30000.10' } },
  },
  {
    what: 'a number where another engine writes text',
    status: 200,
    text: answer.replace('"234"', '234'),
    expected: { kind: 'told' },
  },
  { what: "another customer's score", status: 200, text: answer.replace('234', '235'), expected: { kind: 'faulted' } },
  { what: 'no exclusion', status: 200, text: answer.replace('exclusion', 'other'), expected: { kind: 'faulted' } },
  { what: 'not ready', status: 202, text: '{"message":"not yet"}', expected: { kind: 'faulted' } },
  { what: 'garbage', status: 200, text: '<html>', expected: { kind: 'faulted' } },
  { what: 'an unknown token', status: 404, text: '{}', expected: { kind: 'faulted' } },
  { what: 'an unknown client', status: 401, text: '', expected: { kind: 'forgotten' } },
])('reads $what', ({ status, text, expected }) => {
  expect(answerOfEngine(status, text, (body) => scoreOf(body, '234'))).toMatchObject(expected);
});

test.each([
  { text: 'abc-1', expected: 'abc-1' },
  { text: '"abc-1"', expected: 'abc-1' },
  { text: '123', expected: '123' },
  { text: '<html><body>It works!</body></html>', expected: undefined },
  { text: '', expected: undefined },
  { text: '{"token":1}', expected: undefined },
])('the token of $text', ({ text, expected }) => {
  const read = answerOfEngine(200, text, queryTokenOf);
  expect(read.kind === 'told' ? read.told : undefined).toBe(expected);
});

test('a client has an id and a token', () => {
  const read = (text: string) => answerOfEngine(200, text, clientOf);
  expect(read('{"id":1,"token":"t","url":"x"}')).toEqual({ kind: 'told', told: { id: '1', token: 't' } });
  expect(read('{"id":1}').kind).toBe('faulted');
});
