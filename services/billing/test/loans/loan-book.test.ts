import { date } from '@tenor/calendar';
import { balances } from '../../src/ledger/posting.ts';
import { appendLast, needsHistory, refold, stamp } from '../../src/loans/loan-book.ts';
import { folded, lifecycle, loanWith, plainTerms, repaid, reversed } from '../builders.ts';

describe('recording an event', () => {
  const draft = { type: 'approved', valueDate: date('2026-11-01'), payload: {} } as const;

  test('numbers it after the last and dates it later, whatever the clock says', () => {
    const after = { seq: 3, recordedAt: '2026-11-21T08:00:00.000009Z' };
    expect(stamp(draft, after, { now: '2026-11-21T07:00:00.000000Z', actor: 'ana', id: 'e' })).toEqual({
      ...draft,
      id: 'e',
      seq: 4,
      recordedAt: '2026-11-21T08:00:00.000010Z',
      actor: 'ana',
    });
  });

  test.each([
    { because: 'it sorts last', event: repaid('1.00', '2026-11-09'), needs: false },
    { because: 'it is backdated', event: repaid('1.00', '2026-11-02'), needs: true },
    { because: 'it is a reversal', event: reversed(repaid('10.00', '2026-11-05')), needs: true },
  ])('needs the whole journal: $needs, since $because', ({ event, needs }) => {
    expect(needsHistory(loanWith({}, repaid('10.00', '2026-11-05')), event)).toBe(needs);
  });

  test('that sorts last changes the instalments that it pays and books itself', () => {
    const before = loanWith({ terms: plainTerms(4) });
    const { state, changed, postings, moved, effect } = appendLast(
      { state: before, bookedThrough: null },
      repaid('300.00', '2026-11-09'),
    );
    expect(changed.map(({ number, paid }) => [number, paid.principal])).toEqual([
      [1, 25000n],
      [2, 5000n],
    ]);
    expect(postings.map(({ instalment, amount }) => [instalment, amount])).toEqual([
      [1, 25000n],
      [2, 5000n],
    ]);
    expect([moved, effect?.applied, state.instalments.length]).toEqual([[], 30000n, 4]);
  });

  test('opens a loan with all its instalments', () => {
    const [opened] = lifecycle({ terms: plainTerms(3) });
    if (opened === undefined) throw new Error('A lifecycle begins with an opening');
    expect(appendLast({ state: undefined, bookedThrough: null }, opened).changed.map(({ number }) => number)).toEqual([
      1, 2, 3,
    ]);
  });
});

describe('folding again', () => {
  const late = repaid('900.00', '2026-11-10');
  const history = [...lifecycle({}), late];
  const backdated = repaid('300.00', '2026-11-05');

  test('tells which payment gives way to a backdated one, and books the difference on its own day', () => {
    const step = refold({ state: folded(history).state, bookedThrough: null }, history, backdated);
    expect(step.effect).toMatchObject({ applied: 30000n, excess: 0n });
    expect(step.moved).toMatchObject([
      { before: { applied: 90000n, excess: 0n }, after: { applied: 70000n, excess: 20000n } },
    ]);
    expect(step.postings.map(({ eventId, valueDate, amount }) => [eventId, valueDate, amount])).toEqual(
      expect.arrayContaining([
        [late.id, '2026-11-10', 20000n],
        [backdated.id, '2026-11-05', 30000n],
      ]),
    );
    expect(balances(step.postings).get('cash_clearing')).toBe(30000n);
    expect(step.changed).toHaveLength(1);
  });

  test('takes a reversed payment out, and says what it had applied', () => {
    const both = [...history, backdated];
    const step = refold({ state: folded(both).state, bookedThrough: null }, both, reversed(backdated));
    expect(step.moved).toMatchObject([
      { before: { event: { id: backdated.id }, applied: 30000n }, after: undefined },
      { before: { event: { id: late.id }, excess: 20000n }, after: { applied: 90000n, excess: 0n } },
    ]);
    expect([step.effect, step.state.credited]).toEqual([undefined, 0n]);
    expect(balances(step.postings).get('cash_clearing')).toBe(-30000n);
  });
});
