import { date } from '@tenor/calendar';
import { delinquency } from '../../src/delinquency/delinquency.ts';
import { evolve, type LoanState } from '../../src/loans/loan.ts';
import type { LoanEventOf } from '../../src/loans/loan-event.ts';
import { folded, lifecycle, permutations, plainTerms, record, repaid } from '../builders.ts';

const paused = (on: string, until: string | null): LoanEventOf<'delinquency_paused'> =>
  record({
    type: 'delinquency_paused',
    valueDate: date(on),
    payload: { until: until === null ? null : date(until), reason: null },
  });
const resumed = (on: string): LoanEventOf<'delinquency_resumed'> =>
  record({ type: 'delinquency_resumed', valueDate: date(on), payload: {} });

const loan = lifecycle({ terms: plainTerms(50), disbursedOn: '2026-01-01' });
const changes = [
  paused('2026-01-09', null),
  repaid('20.00', '2026-01-12'),
  resumed('2026-01-20'),
  paused('2026-02-01', '2026-02-03'),
];

test('the same pauses stand, in whatever order they were recorded', () => {
  for (const order of permutations(changes)) {
    expect(folded([...loan, ...order]).state.pauses).toEqual([
      { from: '2026-01-09', until: '2026-01-19' },
      { from: '2026-02-01', until: '2026-02-03' },
    ]);
  }
});

test('one event after the other comes to the same as all at once', () => {
  const events = [...loan, ...changes];
  const state = events.reduce<LoanState | undefined>((before, event) => evolve(before, event).state, undefined);
  expect(state).toEqual(folded(events).state);
});

test('a pause counts from its value date, whenever it was recorded', () => {
  const asOf = date('2026-01-23');
  expect(delinquency(folded(loan, { asOf }).state, asOf).daysPastDue).toBe(15);
  expect(delinquency(folded([...loan, paused('2026-01-09', null)], { asOf }).state, asOf).daysPastDue).toBe(0);
  expect(delinquency(folded([...loan, paused('2026-01-24', null)], { asOf }).state, asOf).daysPastDue).toBe(15);
});

test('a resumption comes after the pause of its day, and then counts it as no pause', () => {
  for (const order of permutations([paused('2026-01-09', null), resumed('2026-01-09')])) {
    expect(folded([...loan, ...order]).state.pauses).toEqual([]);
  }
});
