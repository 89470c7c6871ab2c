import { type Sight, verdictOf } from '../../src/reconciliation/watermark.ts';
import { appliedPayment, settledPayment } from './books.ts';

const own = {
  payment: settledPayment({ isAnswered: false, parts: [] }),
  version: '1',
  isUnpublished: false,
  isPutAside: false,
};
const billing = { payment: undefined, isUnpublished: false, isPutAside: false, hasRead: true };
/** A look that proves that billing never got the payment. */
const proven: Sight = { before: own, billing, after: own, hasRead: true };

const verdict = (sight: Sight) => verdictOf(sight).outcome;

describe('a look at a payment in both services', () => {
  test('proves a difference where both have passed each other and nothing changed', () =>
    expect(verdict(proven)).toEqual({ kind: 'not_applied', remedy: 'republish_settled', version: '1' }));

  test.each<[string, Partial<Sight>]>([
    ['its event waits in the outbox', { before: { ...own, isUnpublished: true } }],
    ['billing has not read so far', { billing: { ...billing, hasRead: false } }],
    ["billing's events wait in its outbox", { billing: { ...billing, isUnpublished: true } }],
    ["billing's events are not read here yet", { hasRead: false }],
    ['something changed in between', { after: { ...own, version: '2' } }],
    ['it was recorded only in between', { before: undefined }],
  ])('proves nothing while %s', (_, change) => expect(verdict({ ...proven, ...change })).toBe('in_flight'));

  test.each<[string, Partial<Sight>]>([
    ['here', { after: { ...own, isPutAside: true } }],
    ['in billing', { billing: { ...billing, isPutAside: true } }],
  ])('finds the reason among the dead letters %s', (_, change) =>
    expect(verdict({ ...proven, ...change })).toEqual({ kind: 'put_aside', remedy: null, version: '1' }),
  );

  test('needs no proof for what agrees', () => {
    const payment = { ...own, payment: settledPayment() };
    const applied = { ...billing, payment: appliedPayment(), hasRead: false };
    expect(verdict({ before: undefined, billing: applied, after: payment, hasRead: false })).toBe('agreed');
  });

  test('needs none for what is not here, since a payment is stored before it is published', () => {
    const applied = { ...billing, payment: appliedPayment(), hasRead: false };
    const outcome = verdict({ before: undefined, billing: applied, after: undefined, hasRead: false });
    expect(outcome).toEqual({ kind: 'unknown_payment', remedy: null, version: '' });
  });
});
