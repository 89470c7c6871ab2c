import { date } from '@tenor/calendar';
import fc from 'fast-check';
import type { DraftEvent, LoanEvent } from '../../src/loans/loan-event.ts';
import { punctuality } from '../../src/loans/punctuality.ts';
import type { LoanChange } from '../../src/loans/replan.ts';
import { defaultTerms, type Terms } from '../../src/products/terms.ts';
import {
  lifecycle,
  permutations,
  plainTerms,
  policyWith,
  prepaid,
  record,
  repaid,
  reversed,
  waived,
} from '../builders.ts';

/** 400 without interest in four weekly instalments, due on 8, 15, 22 and 29 January. */
const given = { principal: '400.00', disbursedOn: '2026-01-01', terms: plainTerms(4) };
const weekly = lifecycle(given);
const judged = (events: readonly LoanEvent[], asOf: string, loan = weekly) => {
  const { due, onTime } = punctuality([...loan, ...events], date(asOf));
  return `${onTime} of ${due}`;
};
const draft = (on: string, type: DraftEvent['type'], payload: object): LoanEvent =>
  record({ type, valueDate: date(on), payload } as DraftEvent);
const changed = (on: string, change: LoanChange): LoanEvent =>
  draft(on, 'restructured', { restructureId: `restructure-on-${on}`, change, reason: null });

describe('instalments that were paid in time', () => {
  test.each([
    { asOf: '2026-01-08', expected: '0 of 0', because: 'the first is due today, not yet late' },
    { asOf: '2026-01-09', expected: '0 of 1', because: 'the first was due yesterday' },
    { asOf: '2026-02-28', expected: '0 of 4', because: 'all were due' },
  ])('of nothing paid are $expected by $asOf, since $because', ({ asOf, expected }) => {
    expect(judged([], asOf)).toBe(expected);
  });

  const onTheDay = repaid('100.00', '2026-01-08');
  const late = repaid('100.00', '2026-01-16');
  const ahead = repaid('200.00', '2026-01-20');
  test.each([
    { because: 'it was paid on its due date', events: [onTheDay], asOf: '2026-01-09', expected: '1 of 1' },
    {
      because: 'it was paid a day late',
      events: [repaid('100.00', '2026-01-09')],
      asOf: '2026-01-09',
      expected: '0 of 1',
    },
    {
      because: 'only a part was paid',
      events: [repaid('99.99', '2026-01-08')],
      asOf: '2026-01-09',
      expected: '0 of 1',
    },
    { because: 'one was late', events: [onTheDay, late, ahead], asOf: '2026-01-30', expected: '3 of 4' },
    {
      because: 'those ahead count once they are due',
      events: [onTheDay, late, ahead],
      asOf: '2026-01-21',
      expected: '1 of 2',
    },
    { because: 'it was taken back', events: [onTheDay, reversed(onTheDay)], asOf: '2026-01-09', expected: '0 of 1' },
    {
      because: 'a loan that is paid off early goes on to its dates',
      events: [repaid('400.00', '2026-01-02')],
      asOf: '2026-01-23',
      expected: '3 of 3',
    },
  ])('are $expected by $asOf when $because', ({ events, asOf, expected }) => {
    for (const order of permutations(events)) expect(judged(order, asOf)).toBe(expected);
  });

  test('stay late when what was late is paid later on', () => {
    expect(judged([repaid('400.00', '2026-02-02')], '2026-02-03')).toBe('0 of 4');
  });

  test('are those that are not missed: grace, tolerance and pauses count as in delinquency', () => {
    const lenient = lifecycle({ ...given, policy: policyWith({ graceDays: 2, tolerance: '1.00' }) });
    expect(judged([repaid('99.00', '2026-01-10')], '2026-01-11', lenient)).toBe('1 of 1');
    expect(judged([repaid('99.00', '2026-01-11')], '2026-01-11', lenient)).toBe('0 of 1');
    expect(judged([], '2026-01-10', lenient)).toBe('0 of 0');
    const pause = draft('2026-01-07', 'delinquency_paused', { until: date('2026-01-20'), reason: null });
    expect(judged([pause], '2026-01-20')).toBe('0 of 0');
    expect(judged([pause, repaid('200.00', '2026-01-20')], '2026-01-21')).toBe('2 of 2');
  });

  test('of which one is waived in time are none late', () => {
    const interest: Terms = {
      ...defaultTerms,
      interestMethod: 'flat',
      flatRatePercent: '4',
      frequency: { every: 1, unit: 'week' },
      numberOfInstalments: 4,
    };
    const loan = lifecycle({ ...given, terms: interest });
    expect(judged([waived('interest', '2026-01-07'), onTheDay], '2026-01-09', loan)).toBe('1 of 1');
    expect(judged([onTheDay, waived('interest', '2026-01-09')], '2026-01-09', loan)).toBe('0 of 1');
  });

  test('are none of what a write-off gave up, due or not', () => {
    const writtenOff = draft('2026-01-16', 'written_off', { reason: null });
    expect(judged([onTheDay, writtenOff], '2026-01-16')).toBe('1 of 4');
    expect(judged([onTheDay, writtenOff], '2026-03-01')).toBe('1 of 4');
    expect(judged([onTheDay, writtenOff], '2026-01-15')).toBe('1 of 1');
  });

  test('of a loan that was planned anew are judged by the plan of their day', () => {
    const reAged = changed('2026-01-20', { kind: 're_age', numberOfInstalments: 2, firstDueDate: date('2026-02-01') });
    expect(judged([reAged], '2026-01-31')).toBe('0 of 2');
    expect(judged([reAged, repaid('200.00', '2026-02-01')], '2026-02-02')).toBe('1 of 3');
    const holiday = changed('2026-01-09', { kind: 'payment_holiday', instalments: 1 });
    expect(judged([onTheDay, holiday], '2026-01-16')).toBe('1 of 1');
    expect(judged([onTheDay, holiday], '2026-01-23')).toBe('1 of 2');
  });

  test('of a loan that is paid off by a payoff are not lost', () => {
    const payment = repaid('300.00', '2026-01-10');
    expect(judged([onTheDay, payment, prepaid(payment, 'to_the_day')], '2026-02-10')).toBe('4 of 4');
  });

  test('are never more than those due, which never grow fewer as time passes', () => {
    const day = fc
      .integer({ min: 1, max: 40 })
      .map((offset) => `2026-01-${String(Math.min(offset, 31)).padStart(2, '0')}`);
    const payments = fc.array(fc.record({ on: day, amount: fc.integer({ min: 1, max: 200 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(payments, day, day, (paid, one, other) => {
        const events = paid.map(({ on, amount }, index) =>
          repaid(`${amount}.00`, on, { paymentId: `payment-${index}` }),
        );
        const [earlier, later] = [one, other].toSorted();
        const before = punctuality([...weekly, ...events], date(earlier ?? one));
        const after = punctuality([...weekly, ...events], date(later ?? other));
        expect(before.onTime).toBeLessThanOrEqual(before.due);
        expect(after.due).toBeGreaterThanOrEqual(before.due);
        expect(after.onTime).toBeGreaterThanOrEqual(before.onTime);
        expect(after.due - after.onTime).toBeGreaterThanOrEqual(before.due - before.onTime);
      }),
      { numRuns: 200 },
    );
  });
});
