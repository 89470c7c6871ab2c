import { answerOfProvider, failureCodeOf } from '../../src/gateway/provider-call.ts';

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
