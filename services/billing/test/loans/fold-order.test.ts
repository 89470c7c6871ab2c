import { addDays, date } from '@tenor/calendar';
import fc from 'fast-check';
import { delinquency } from '../../src/delinquency/delinquency.ts';
import { remainder } from '../../src/delinquency/instalment.ts';
import { postingsOf } from '../../src/ledger/posting.ts';
import { compareKeys, inFoldOrder, sortKey } from '../../src/loans/fold-order.ts';
import { evolve, type Folded, fold, type LoanState, sortsLast } from '../../src/loans/loan.ts';
import { isPlaced, type LoanEvent } from '../../src/loans/loan-event.ts';
import { folded, lifecycle, permutations, plainTerms, repaid, reversed, weeklyTerms } from '../builders.ts';
import { keepBooks, net } from './books.ts';

/** The payment that a reversal takes back; it is always recorded before. */
const paymentOf = (reversal: LoanEvent, events: readonly LoanEvent[]): LoanEvent => {
  const { paymentId } = reversal.payload as { paymentId: string };
  return events.find((event) => event.type === 'repaid' && event.payload.paymentId === paymentId) ?? reversal;
};

const withoutPlace = ({ effects }: Folded) =>
  effects.map(({ event: { seq, ...event }, ...moved }) => ({ ...event, ...moved }));

describe('every order of recording gives the same books', () => {
  const loan = lifecycle({ terms: plainTerms(4) });
  const [a, b, c, d] = [
    repaid('500.00', '2026-11-02', { paymentId: 'p-3' }),
    repaid('10.00', '2026-11-03', { paymentId: 'p-2' }),
    repaid('400.00', '2026-11-03', { paymentId: 'p-1' }),
    repaid('390.00', '2026-11-05', { paymentId: 'p-4' }),
  ];
  const named = [
    repaid('300.00', '2026-11-04', { paymentId: 'p-9', externalRef: 'ref-a' }),
    repaid('350.00', '2026-11-04', { paymentId: 'p-8', externalRef: 'ref-b' }),
    repaid('425.00', '2026-11-04', { paymentId: 'p-7', externalRef: 'ref-b' }),
    repaid('25.00', '2026-11-04', { paymentId: 'p-0' }),
  ];

  test.each([
    { what: 'six payments, four on one day', events: [a, b, ...named], possible: 720 },
    {
      what: 'four payments, two on one day, and two reversals',
      events: [a, b, c, d, reversed(b), reversed(a)],
      possible: 180,
    },
    {
      what: 'three payments with all their reversals',
      events: [a, b, c].flatMap((p) => [p, reversed(p)]),
      possible: 90,
    },
  ])('of $what', ({ events, possible }) => {
    const expected = folded([...loan, ...events]);
    const postings = net(postingsOf(expected.effects, expected.state));
    const state = textOf(expected.state);
    const effects = textOf(withoutPlace(expected));
    let [orders, recordable] = [0, 0];
    for (const order of permutations<LoanEvent>(events)) {
      const all = [...loan, ...order];
      const ordered = folded(all);
      expect(textOf(ordered.state)).toBe(state);
      expect(textOf(withoutPlace(ordered))).toBe(effects);
      orders += 1;
      if (!order.every((event, at) => isPlaced(event) || order.indexOf(paymentOf(event, events)) < at)) continue;
      const books = keepBooks(all);
      expect(textOf(books.state)).toBe(state);
      expect(net(books.ledger)).toEqual(postings);
      recordable += 1;
    }
    expect(recordable).toBe(possible);
    expect(orders).toBe(720);
  });

  test('and what they take does not follow from it', () => {
    const taken = folded([...loan, ...named]).effects.flatMap(({ event }) =>
      event.type === 'repaid' ? [event.payload.paymentId] : [],
    );
    expect(taken).toEqual(['p-0', 'p-9', 'p-7', 'p-8']);
  });
});

interface Step {
  day: number;
  amount: bigint;
  reverse: boolean;
  ref: string | null;
}
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    day: fc.nat(12),
    amount: fc.bigInt(1n, 90_000_000n),
    reverse: fc.boolean(),
    ref: fc.option(fc.constantFrom('a', 'b')),
  }),
  { maxLength: 12 },
);

/** Payments of a weekly loan of 1,234,569 and reversals of some of them, in the order of recording. */
function journal(given: readonly Step[]): LoanEvent[] {
  const loan = lifecycle({
    principal: '1234569.00',
    currency: 'IDR',
    terms: { ...weeklyTerms, numberOfInstalments: 7 },
  });
  const events: LoanEvent[] = given.flatMap(({ day, amount, reverse, ref }, index) => {
    const text = `${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`;
    const paymentId = `p-${(index * 7) % 13}`;
    const payment = repaid(text, addDays(date('2026-11-01'), day), { paymentId, externalRef: ref });
    return reverse ? [payment, reversed(payment)] : [payment];
  });
  return [...loan, ...events];
}

describe('whatever is recorded', () => {
  test('evolving is folding, bit for bit', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const recorded: LoanEvent[] = [];
        let state: LoanState | undefined;
        for (const event of journal(given)) {
          recorded.push(event);
          const all = folded(recorded);
          if (state === undefined || sortsLast(state, event)) {
            const before = structuredClone(state);
            const evolved = evolve(state, event);
            expect(state).toEqual(before);
            expect(evolved.state).toStrictEqual(all.state);
            expect(textOf(evolved.state)).toBe(textOf(all.state));
            expect(evolved.effect).toStrictEqual(all.effects.at(-1));
          }
          state = all.state;
        }
      }),
    );
  });

  test('amounts are conserved, and no instalment takes more than it asks', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const { state, effects } = folded(journal(given));
        const applied = effects.reduce((sum, effect) => sum + effect.applied, 0n);
        const excess = effects.reduce((sum, effect) => sum + effect.excess, 0n);
        const total = state.instalments.reduce((sum, i) => sum + i.principal + i.interest + i.fee, 0n);
        const owed = state.instalments.reduce((sum, instalment) => sum + remainder(instalment), 0n);
        expect(owed + applied).toBe(total);
        expect(state.credited).toBe(excess);
        expect(state.status).toBe(owed === 0n ? 'paid' : 'active');
        expect(excess > 0n && owed > 0n).toBe(false);
        expect(state.instalments.every((i) => i.paid.principal <= i.principal && i.paid.interest <= i.interest)).toBe(
          true,
        );
      }),
    );
  });

  test('the ledger that was posted step by step is the ledger of the fold', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const events = journal(given);
        const { state, effects } = folded(events);
        expect(net(keepBooks(events).ledger)).toEqual(net(postingsOf(effects, state)));
      }),
    );
  });

  test('a reversed payment is as one that never was', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const events = journal(given);
        const gone = new Set(
          events.flatMap((event) => (event.type === 'repayment_reversed' ? [event.payload.paymentId] : [])),
        );
        const kept = events.filter((e) => isPlaced(e) && (e.type !== 'repaid' || !gone.has(e.payload.paymentId)));
        expect(fold(events)).toEqual(fold(kept));
      }),
    );
  });

  test('folding leaves its input alone and reads no clock', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const events = journal(given);
        const copy = structuredClone(events);
        const { state } = folded(events);
        const again = folded(copy).state;
        expect(again).toEqual(state);
        expect(events).toEqual(copy);
        const asOf = date('2026-12-01');
        expect(delinquency(again, asOf)).toEqual(delinquency(state, asOf));
      }),
    );
  });
});

test('places are a total order: by date, rank, reference, payment', () => {
  const events = [...lifecycle(), repaid('1.00', '2026-11-01'), repaid('2.00', '2026-11-01')];
  const placed = inFoldOrder(events.toReversed(), {});
  expect(placed.map(({ type }) => type)).toEqual(['opened', 'approved', 'disbursed', 'repaid', 'repaid']);
  const keys = placed.map(sortKey);
  for (const [i, one] of keys.entries()) {
    for (const [j, other] of keys.entries()) expect(Math.sign(compareKeys(one, other))).toBe(Math.sign(i - j));
  }
});

/** Compared faster than what it is the text of. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));
}
