import { DENIALS_BELIEVED, weigh } from '../../src/payments/provider-result.ts';

const only = { attempts: 1, wasAccepted: false, wasRefused: false, denials: 0, hasOutcome: false };
const refusedOnce = { ...only, wasRefused: true };
const refusedTwice = { ...refusedOnce, attempts: 2 };
const denied = { ...refusedTwice, denials: DENIALS_BELIEVED };
const told = { succeeded: false, failureCode: 'account_closed', wasMade: 'yes' } as const;
const refused = { ...told, wasMade: 'no' } as const;
const silent = { ...told, wasMade: 'unknown' } as const;
const paid = { succeeded: true, amount: 1n, currency: 'USD' } as const;

describe('a result that says what became of the whole call', () => {
  test.each([
    { result: paid, call: refusedTwice, because: 'money that came is certain, whatever the attempts' },
    { result: silent, call: refusedTwice, because: 'it claims nothing' },
    { result: told, call: { ...only, attempts: 2 }, because: 'no attempt was refused, so one was made' },
    { result: refused, call: refusedOnce, because: 'there was no other attempt' },
    { result: refused, call: denied, because: 'the provider has denied the others long enough' },
  ])('is itself: $because', ({ result, call }) => expect(weigh(result, call)).toBe(result));

  test.each([
    { call: refusedOnce, because: 'the only attempt was refused' },
    { call: denied, because: 'the others were denied' },
    { call: { ...refusedTwice, hasOutcome: true }, because: 'what is known already was not this attempt' },
  ])('is a refusal though it is told as a failure: $because', ({ call }) => expect(weigh(told, call)).toEqual(refused));
});

test.each([
  { result: refused, call: refusedTwice, because: 'another attempt may have been made' },
  { result: refused, call: { ...denied, denials: DENIALS_BELIEVED - 1 }, because: 'it was not denied long enough' },
  { result: refused, call: { ...denied, wasAccepted: true }, because: 'another attempt was accepted' },
  { result: refused, call: { ...only, attempts: 0 }, because: 'the call is not known' },
  { result: told, call: refusedTwice, because: 'it may be the refused attempt' },
])('a result leaves the call in doubt where $because', ({ result, call }) =>
  expect(weigh(result, call)).toBeUndefined(),
);
