import { answerOfProvider, failureCodeOf, statusOfProvider } from '../../src/gateway/provider-call.ts';

describe("a provider's answer to a call", () => {
  test.each([
    { status: 201, body: { id: 'ch_1' }, kind: 'accepted', because: 'it has an id' },
    { status: 200, body: { id: 'ch_1' }, kind: 'accepted', because: 'a repetition is answered alike' },
    { status: 201, body: undefined, kind: 'faulted', because: 'without an id nobody knows what was made' },
    { status: 200, body: { id: '' }, kind: 'faulted', because: 'an empty id is none' },
    { status: 422, body: { code: 'card_expired' }, kind: 'refused', because: 'the provider will never do it' },
    { status: 402, body: null, kind: 'refused', because: 'a refusal needs no reason' },
    { status: 401, body: {}, kind: 'faulted', because: 'our key is wrong, and can be corrected' },
    { status: 404, body: {}, kind: 'faulted', because: 'our address is wrong, and can be corrected' },
    { status: 408, body: {}, kind: 'faulted', because: 'it took too long' },
    { status: 409, body: {}, kind: 'faulted', because: 'the same call is under way' },
    { status: 429, body: {}, kind: 'faulted', because: 'there were too many' },
    { status: 500, body: {}, kind: 'faulted', because: 'nobody knows' },
    { status: 503, body: {}, kind: 'faulted', because: 'the provider is down' },
  ])('$status is $kind: $because', ({ status, body, kind }) => expect(answerOfProvider(status, body).kind).toBe(kind));

  test.each([
    { code: 'card_expired', becomes: 'card_expired' },
    { code: 'Card expired!', becomes: 'refused_by_provider' },
    { code: 7, becomes: 'refused_by_provider' },
    { code: 'x'.repeat(65), becomes: 'refused_by_provider' },
  ])('the code $code becomes $becomes', ({ code, becomes }) => expect(failureCodeOf(code)).toBe(becomes));
});

describe('what a provider says when it is asked', () => {
  const reference = '019aa4f1-6c00-7000-8000-000000000001';
  const charge = { id: 'ch_1', reference, amount: '440.00', currency: 'IDR', failure_code: null };
  test.each([
    {
      status: 'succeeded',
      result: { succeeded: true, amount: 44_000n, currency: 'IDR' },
    },
    { status: 'failed', result: { succeeded: false, failureCode: 'refused_by_provider', wasMade: 'yes' } },
  ])('$status is an outcome', ({ status, result }) =>
    expect(statusOfProvider(200, { ...charge, status }, reference)).toEqual({ kind: 'concluded', result }),
  );

  test.each([
    { http: 200, body: { ...charge, status: 'pending' }, kind: 'pending', because: 'it does not know yet' },
    { http: 404, body: { code: 'not_found' }, kind: 'unknown', because: 'it has no such call' },
    { http: 404, body: '<html>', kind: 'faulted', because: 'a proxy answers, or the address is wrong' },
    { http: 200, body: { ...charge, status: 'on_hold' }, kind: 'faulted', because: 'nobody knows that status' },
    { http: 200, body: '<html>', kind: 'faulted', because: 'it is no answer' },
    {
      http: 200,
      body: { ...charge, status: 'succeeded', reference: 'other' },
      kind: 'faulted',
      because: 'it is about another call',
    },
    { http: 401, body: {}, kind: 'faulted', because: 'our key is wrong' },
    { http: 503, body: { ...charge, status: 'succeeded' }, kind: 'faulted', because: 'the provider is down' },
  ])('$http is $kind: $because', ({ http, body, kind }) =>
    expect(statusOfProvider(http, body, reference).kind).toBe(kind),
  );
});
