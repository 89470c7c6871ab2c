import { date } from '@tenor/calendar';
import { type Effect, evolve, fold, type LoanState, outstanding, sortsLast } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import {
  folded,
  type LoanGiven,
  lifecycle,
  minor,
  opened,
  plainTerms,
  record,
  repaid,
  reversed,
  text,
  weeklyTerms,
} from '../builders.ts';

const END = date('2027-12-31');
const owes = (state: LoanState): string => text(outstanding(state, END).total, state.currency);
const effectOf = (effects: readonly Effect[], event: LoanEvent): Effect => {
  const effect = effects.find((each) => each.event.id === event.id);
  if (effect === undefined) throw new Error(`${event.id} had no effect`);
  return effect;
};

describe('the example of domain.md §4', () => {
  const loan = lifecycle({ principal: '1000.00' });
  const first = repaid('500.00', '2026-11-02');
  const ten = repaid('10.00', '2026-11-03');
  const third = repaid('400.00', '2026-11-04');
  const fourth = repaid('390.00', '2026-11-05');
  const all = [...loan, first, ten, third, fourth];

  test('1,000 repaid by 500, 10, 400 and 390 is overpaid by 300', () => {
    const { state, effects } = folded(all);
    expect(owes(state)).toBe('0.00');
    expect(state).toMatchObject({ status: 'paid', credited: minor('300.00') });
    expect(effectOf(effects, fourth)).toMatchObject({ applied: minor('90.00'), excess: minor('300.00') });
  });

  test('without the 10 it is overpaid by 290, and the last payment applies 100', () => {
    const { state, effects } = folded([...all, reversed(ten)]);
    expect(state).toMatchObject({ status: 'paid', credited: minor('290.00') });
    expect(effectOf(effects, fourth)).toMatchObject({ applied: minor('100.00'), excess: minor('290.00') });
    expect(effects.some(({ event }) => event.id === ten.id)).toBe(false);
  });

  test('without the 500 too, 210 is outstanding and the loan is active again', () => {
    const { state } = folded([...all, reversed(ten), reversed(first)]);
    expect(owes(state)).toBe('210.00');
    expect(state).toMatchObject({ status: 'active', credited: 0n });
  });

  test('a new 500 dated as the first makes it overpaid by 290 again', () => {
    const again = repaid('500.00', '2026-11-02', { paymentId: 'payment-again' });
    const { state } = folded([...all, reversed(ten), reversed(first), again]);
    expect(owes(state)).toBe('0.00');
    expect(state).toMatchObject({ status: 'paid', credited: minor('290.00') });
  });
});

describe('weekly loans', () => {
  const weeks = (amount: string, count: number): LoanEvent[] =>
    Array.from({ length: count }, (_, week) => repaid(amount, '2026-11-20', { paymentId: `payment-${week + 100}` }));

  test('of 2,000,000 owe 2,068,000 after three payments', () => {
    const given: LoanGiven = { principal: '2000000.00', currency: 'IDR', terms: weeklyTerms };
    const { state } = folded([...lifecycle(given), ...weeks('44000.00', 3)]);
    expect(owes(state)).toBe('2068000.00');
    expect(state.instalments.map(({ paid }) => paid.principal > 0n).indexOf(false)).toBe(3);
  });

  test('of 5,000,000 owe nothing after fifty payments', () => {
    const given: LoanGiven = { principal: '5000000.00', currency: 'IDR', terms: weeklyTerms };
    const { state, effects } = folded([...lifecycle(given), ...weeks('110000.00', 50)]);
    expect(owes(state)).toBe('0.00');
    expect(state).toMatchObject({ status: 'paid', credited: 0n });
    expect(effects.reduce((sum, { applied }) => sum + applied, 0n)).toBe(minor('5500000.00', 'IDR'));
  });
});

describe('outstanding', () => {
  const loan = lifecycle({ principal: '2000000.00', currency: 'IDR', terms: weeklyTerms, disbursedOn: '2026-01-01' });
  const partly = repaid('46000.00', '2026-01-08');

  test.each([
    { asOf: '2026-01-07', dueNow: '0.00', overdue: '0.00' },
    { asOf: '2026-01-08', dueNow: '44000.00', overdue: '0.00' },
    { asOf: '2026-01-09', dueNow: '44000.00', overdue: '44000.00' },
    { asOf: '2026-01-22', dueNow: '132000.00', overdue: '88000.00' },
  ])('of an unpaid loan on $asOf: $dueNow due, $overdue overdue', ({ asOf, dueNow, overdue }) => {
    const found = outstanding(folded(loan).state, date(asOf));
    expect(found).toMatchObject({ dueNow: minor(dueNow, 'IDR'), overdue: minor(overdue, 'IDR') });
    expect(found.total).toBe(minor('2200000.00', 'IDR'));
  });

  test('is told by component, interest paid before principal', () => {
    const found = outstanding(folded([...loan, partly]).state, date('2026-01-15'));
    expect(found).toEqual({
      principal: minor('1960000.00', 'IDR'),
      interest: minor('194000.00', 'IDR'),
      fee: 0n,
      penalty: 0n,
      total: minor('2154000.00', 'IDR'),
      dueNow: minor('42000.00', 'IDR'),
      overdue: 0n,
    });
  });

  test('is nothing before the money is paid out', () => {
    const nothing = { principal: 0n, interest: 0n, fee: 0n, penalty: 0n, total: 0n, dueNow: 0n, overdue: 0n };
    expect(outstanding(folded([opened()]).state, END)).toEqual(nothing);
  });
});

describe('the life of a loan', () => {
  const on = date('2026-11-03');
  const [application, approval, disbursement] = lifecycle({ terms: plainTerms(2) });
  const begun = [application, approval].filter((event) => event !== undefined);
  const close = (type: 'rejected' | 'cancelled') => record({ type, valueDate: on, payload: { reason: null } } as const);
  const later = record({ type: 'disbursed', valueDate: on, payload: { amount: '1000.00' } });

  test.each([
    { events: begun.slice(0, 1), status: 'pending', disbursedOn: null },
    { events: [...begun.slice(0, 1), close('rejected')], status: 'rejected', disbursedOn: null },
    { events: begun, status: 'approved', disbursedOn: null },
    { events: [...begun, close('cancelled')], status: 'cancelled', disbursedOn: null },
    { events: [...begun, later], status: 'active', disbursedOn: on },
  ])('reaches $status', ({ events, status, disbursedOn }) => {
    expect(folded(events).state).toMatchObject({ status, disbursedOn });
  });

  test('counts its schedule from the day on which it is paid out', () => {
    const dates = (events: LoanEvent[]) => folded(events).state.instalments.map(({ dueDate }) => dueDate);
    expect(dates(begun)).toEqual(['2026-11-08', '2026-11-15']);
    expect(dates([...begun, later])).toEqual(['2026-11-10', '2026-11-17']);
    expect(folded([...begun, later]).state.maturityDate).toBe('2026-11-17');
  });

  test('stands on one day before any repayment of that day, however it was recorded', () => {
    const payment = repaid('1000.00', '2026-11-01');
    const events = [payment, disbursement, approval, application].filter((event) => event !== undefined);
    expect(folded(events).state).toMatchObject({ status: 'paid', credited: 0n });
  });

  test('tells what was paid out as the effect of the disbursement', () => {
    const disbursed = folded(lifecycle()).effects.map((effect) => effect.disbursed);
    expect(disbursed).toEqual([0n, 0n, minor('1000.00')]);
  });

  test('credits money that comes before the loan is paid out, for it owes nothing yet', () => {
    const { state } = folded([...begun, repaid('10.00', '2026-11-02')]);
    expect(state).toMatchObject({ status: 'approved', credited: minor('10.00') });
  });
});

describe('a point of view', () => {
  const noon = (day: string) => `2026-11-${day}T12:00:00.000000Z`;
  const loan = lifecycle().map((event) => ({ ...event, recordedAt: noon('01') }));
  const early = repaid('100.00', '2026-11-02', { recordedAt: noon('02') });
  const late = repaid('200.00', '2026-11-10', { recordedAt: noon('10') });
  const backdated = repaid('50.00', '2026-11-05', { recordedAt: noon('12') });
  const takenBack = reversed(early, noon('20'));
  const events = [...loan, early, late, backdated, takenBack];

  test.each([
    { asOf: '2026-11-01', knownAt: noon('30'), outstanding: '1000.00', because: 'nothing was paid yet' },
    { asOf: '2026-11-02', knownAt: noon('19'), outstanding: '900.00', because: 'the reversal was not known' },
    {
      asOf: '2026-11-02',
      knownAt: noon('20'),
      outstanding: '1000.00',
      because: 'a known reversal counts at every date',
    },
    { asOf: '2026-11-09', knownAt: noon('11'), outstanding: '900.00', because: 'the backdated payment was not known' },
    { asOf: '2026-11-09', knownAt: noon('12'), outstanding: '850.00', because: 'the backdated payment counts' },
    { asOf: '2026-11-30', knownAt: noon('12'), outstanding: '650.00', because: 'all payments count' },
    { asOf: '2026-11-30', knownAt: noon('30'), outstanding: '750.00', because: 'all but the reversed count' },
  ])('$asOf as known at $knownAt: $outstanding, $because', ({ asOf, knownAt, outstanding: expected }) => {
    expect(owes(folded(events, { asOf: date(asOf), knownAt }).state)).toBe(expected);
  });

  test('before the loan existed sees nothing', () => {
    expect(fold(events, { asOf: date('2026-10-31') })).toBeUndefined();
    expect(fold(events, { knownAt: '2026-10-31T00:00:00.000000Z' })).toBeUndefined();
    expect(fold([])).toBeUndefined();
  });
});

describe('a broken journal', () => {
  test.each([
    { because: 'it has no opening', events: [repaid('1.00', '2026-11-02')] },
    { because: 'it has two', events: [opened(), opened()] },
    { because: 'an amount is none', events: [...lifecycle(), repaid('ten', '2026-11-02')] },
    { because: 'its terms give no schedule', events: [opened({ principal: '0.01', terms: plainTerms(2) })] },
  ])('is a bug and throws when $because', ({ events }) => {
    expect(() => fold(events)).toThrow();
  });

  test('and so does evolving by an event that does not sort last', () => {
    const payment = repaid('10.00', '2026-11-05');
    const { state } = folded([...lifecycle(), payment]);
    for (const event of [repaid('10.00', '2026-11-04'), payment, reversed(payment)]) {
      expect(sortsLast(state, event)).toBe(false);
      expect(() => evolve(state, event)).toThrow('does not sort last');
    }
  });
});
