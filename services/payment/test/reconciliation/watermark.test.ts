import { type AppliedPayment, compare, type SettledPayment } from '../../src/reconciliation/reconciliation.ts';
import { type Sight as SightOf, verdictOf } from '../../src/reconciliation/watermark.ts';
import { appliedPayment, settledPayment } from './books.ts';

type Sight = SightOf<SettledPayment, AppliedPayment>;

const own = {
  entry: settledPayment({ isAnswered: false, parts: [] }),
  version: '1',
  isUnpublished: false,
  isPutAside: false,
};
const billing = { entry: undefined, isUnpublished: false, isPutAside: false, hasRead: true };
/** A look that proves that billing never got the payment. */
const proven: Sight = { before: own, billing, after: own, hasRead: true };

const verdict = (sight: Sight) => verdictOf(sight, compare).outcome;

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
    const payment = { ...own, entry: settledPayment() };
    const applied = { ...billing, entry: appliedPayment(), hasRead: false };
    expect(verdict({ before: undefined, billing: applied, after: payment, hasRead: false })).toBe('agreed');
  });

  test('needs none for what is not here, since a payment is stored before it is published', () => {
    const applied = { ...billing, entry: appliedPayment(), hasRead: false };
    const outcome = verdict({ before: undefined, billing: applied, after: undefined, hasRead: false });
    expect(outcome).toEqual({ kind: 'unknown_payment', remedy: null, version: '' });
  });
});
