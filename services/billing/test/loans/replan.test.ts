import { addDays, date } from '@tenor/calendar';
import fc from 'fast-check';
import { addParts, askedOf, NO_PARTS, remainder, remaindersOf } from '../../src/delinquency/instalment.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { outstanding } from '../../src/loans/outstanding.ts';
import { payoff } from '../../src/loans/payoff.ts';
import { type LoanChange, replanned, replanOf } from '../../src/loans/replan.ts';
import { defaultPolicy } from '../../src/products/policy.ts';
import { defaultFee, defaultTax, defaultTerms, type Terms } from '../../src/products/terms.ts';
import {
  folded,
  lifecycle,
  loanWith,
  minor,
  policyWith,
  record,
  repaid,
  text,
  waived,
  weeklyTerms,
} from '../builders.ts';

const ORDER = ['principal', 'interest', 'fee', 'penalty'] as const;
const annuity: Terms = {
  ...defaultTerms,
  interestMethod: 'annuity',
  annualRatePercent: '12',
  frequency: { every: 1, unit: 'month' },
  numberOfInstalments: 4,
};
const given = { principal: '1000.00', disbursedOn: '2026-01-31', terms: annuity };
const first = repaid('256.28', '2026-02-28');
const changed = (on: string, change: LoanChange) =>
  record({
    type: 'restructured',
    valueDate: date(on),
    payload: { restructureId: `restructure-on-${on}`, change, reason: null },
  });
const rows = ({ instalments }: ReturnType<typeof loanWith>) =>
  instalments.map(({ number, dueDate, principal, interest }) => [number, dueDate, text(principal), text(interest)]);

const sameRate = (on: string) => changed(on, { kind: 'rate_change', annualRatePercent: '12' });
/** What is owed by component, after these events and then a change that asks for nothing new. */
const owedAfter = (terms: Terms, events: LoanEvent[], on: string, change: LoanEvent[]): string[] => {
  const loan = lifecycle({ principal: '1000.00', disbursedOn: '2026-01-01', terms });
  const { principal, interest, fee } = outstanding(folded([...loan, ...events, ...change]).state, date(on));
  return [text(principal), text(interest), text(fee)];
};

describe('what happened to the instalments before stays with them', () => {
  const six: Terms = { ...annuity, numberOfInstalments: 6 };
  const bullet: Terms = { ...six, interestMethod: 'bullet', bulletInterest: 'at_end' };
  const principalFirst = { ...policyWith(), allocationOrder: { ...defaultPolicy.allocationOrder, components: ORDER } };
  const taxed = { ...defaultTax, interestPercent: '18' };

  test.each<{ title: string; terms: Terms; events: LoanEvent[]; on: string; owed: string[] }>([
    {
      title: 'interest paid in advance of the last instalment',
      terms: bullet,
      events: [repaid('60.00', '2026-01-10')],
      on: '2026-01-11',
      owed: ['1000.00', '0.00', '0.00'],
    },
    {
      title: 'several instalments paid in advance',
      terms: six,
      events: [repaid('517.65', '2026-01-10')],
      on: '2026-01-11',
      owed: ['507.45', '10.18', '0.00'],
    },
    {
      title: 'interest that was waived',
      terms: six,
      events: [waived('interest', '2026-01-10')],
      on: '2026-01-11',
      owed: ['1000.00', '0.00', '0.00'],
    },
    {
      title: 'the tax on interest that comes later',
      terms: { ...bullet, tax: taxed },
      events: [],
      on: '2026-04-10',
      owed: ['1000.00', '60.00', '10.80'],
    },
    {
      title: 'a fee of the principal that was asked for',
      terms: { ...six, fees: [{ ...defaultFee, code: 'service', charged: 'per_instalment', percent: '1' }] },
      events: [repaid('182.55', '2026-02-01')],
      on: '2026-02-10',
      owed: ['837.45', '25.28', '50.00'],
    },
  ])('$title: the same rate changes nothing', ({ terms, events, on, owed }) => {
    const before = owedAfter(terms, events, on, []);
    expect([before, owedAfter(terms, events, on, [sameRate(on)])]).toEqual([owed, owed]);
  });

  test('principal paid in advance had its interest planned, which the same rate asks for too', () => {
    const terms: Terms = { ...annuity, interestMethod: 'equal_principal', numberOfInstalments: 2 };
    const loan = lifecycle({ principal: '1000.00', disbursedOn: '2026-01-01', terms, policy: principalFirst });
    const paid = [...loan, repaid('500.00', '2026-01-30')];
    const { instalments } = folded(paid).state;
    expect(folded([...paid, sameRate('2026-01-31')]).state.instalments).toEqual(instalments);
  });

  test.each([
    { event: repaid('330.00', '2026-01-10'), interest: '70.00' },
    { event: repaid('50.00', '2026-01-10'), interest: '90.00' },
    { event: waived('interest', '2026-01-10'), interest: '0.00' },
  ])('flat interest that is left is spread anew, and stays $interest', ({ event, interest }) => {
    const terms: Terms = { ...weeklyTerms, numberOfInstalments: 10 };
    const change = {
      kind: 'restructure',
      annualRatePercent: null,
      numberOfInstalments: 7,
      firstDueDate: null,
    } as const;
    const { state } = folded([
      ...lifecycle({ terms, disbursedOn: '2026-01-07' }),
      event,
      changed('2026-01-11', change),
    ]);
    expect(text(outstanding(state, date('2026-01-11')).interest)).toBe(interest);
  });

  test.each<{ title: string; terms: Terms }>([
    { title: 'annuity', terms: six },
    { title: 'equal principal', terms: { ...six, interestMethod: 'equal_principal' } },
    { title: 'a bullet', terms: { ...six, interestMethod: 'bullet' } },
    { title: 'a bullet with its interest at the end', terms: bullet },
  ])('whatever was paid, charged and waived, the same rate asks for no more and no less: $title', ({ terms }) => {
    const event = fc.record({
      kind: fc.constantFrom('payment', 'charge', 'waiver'),
      day: fc.integer({ min: 0, max: 40 }),
      amount: fc.integer({ min: 1, max: 30_000 }),
    });
    const happened = fc.array(event, { maxLength: 4 });
    fc.assert(
      fc.property(happened, fc.integer({ min: 41, max: 150 }), (events, day) => {
        const loan = lifecycle({ principal: '1000.00', disbursedOn: '2026-01-01', terms });
        const journal = [...loan, ...events.map(({ kind, ...given }, index) => eventOf(kind, given, index))];
        const change = sameRate(addDays(date('2026-01-01'), day));
        const [before, after] = [folded(journal).state, folded([...journal, change]).state].map((state) =>
          state.instalments.map(remaindersOf).reduce(addParts, NO_PARTS),
        );
        // Each of the instalments that are left may round its interest the other way.
        const rounded = (after?.interest ?? 0n) - (before?.interest ?? 0n);
        expect(Number(rounded)).toBeCloseTo(0, -1);
        expect({ ...after, interest: before?.interest }).toEqual(before);
      }),
    );
  });
});

function eventOf(kind: string, { day, amount }: { day: number; amount: number }, index: number): LoanEvent {
  const valueDate = addDays(date('2026-01-01'), day);
  const cents = text(BigInt(amount));
  if (kind === 'payment') return repaid(cents, valueDate, { paymentId: `payment-${index}` });
  if (kind === 'waiver') return { ...waived('interest', valueDate), id: `waiver-${index}` };
  const payload = { chargeId: `charge-${index}`, component: 'fee', code: 'visit', amount: cents } as const;
  return record({ type: 'charged', valueDate, payload });
}

test('a loan of 1,000 at 12 % over four months, for comparison', () =>
  expect(rows(loanWith(given))).toEqual([
    [1, '2026-02-28', '246.28', '10.00'],
    [2, '2026-03-31', '248.74', '7.54'],
    [3, '2026-04-30', '251.23', '5.05'],
    [4, '2026-05-31', '253.75', '2.54'],
  ]));

describe('a change of the rate', () => {
  test('to the rate that it has changes no instalment, and not the last days of its months', () => {
    const change = { kind: 'rate_change', annualRatePercent: '12' } as const;
    const { state } = folded([...lifecycle(given), first, changed('2026-03-10', change)]);
    expect(rows(state)).toEqual(rows(loanWith(given)));
    expect(state.plan).toMatchObject({ version: 2, after: 1 });
  });

  test('in a period counts from its day: 12 % for some days, 24 % for the rest', () => {
    const change = { kind: 'rate_change', annualRatePercent: '24' } as const;
    // 753.72 at 1 % a month for 15 of 31 days, 3.65, and at 2 % for 16, 7.78.
    const { state } = folded([...lifecycle(given), first, changed('2026-03-15', change)]);
    expect(rows(state)[1]?.[3]).toBe('11.43');
    expect(state.instalments.reduce((sum, { principal }) => sum + principal, 0n)).toBe(minor('1000.00'));
  });

  test('has no meaning where interest follows from no rate', () => {
    const loan = loanWith({ terms: weeklyTerms });
    expect(
      replanned(loan, date('2026-11-10'), replanOf({ kind: 'rate_change', annualRatePercent: '5' }, 'change')),
    ).toMatchObject({
      refused: 'terms_invalid',
    });
  });
});

describe('a payment holiday', () => {
  test('asks for nothing on its due dates, and for their interest once it ends', () => {
    const { state } = folded([
      ...lifecycle(given),
      first,
      changed('2026-03-10', { kind: 'payment_holiday', instalments: 2 }),
    ]);
    expect(rows(state).slice(0, 4)).toEqual([
      [1, '2026-02-28', '246.28', '10.00'],
      [2, '2026-03-31', '0.00', '0.00'],
      [3, '2026-04-30', '0.00', '0.00'],
      [4, '2026-05-31', '248.74', '22.62'],
    ]);
    expect(state.instalments).toHaveLength(6);
    expect(state.maturityDate).toBe('2026-07-31');
  });

  test('is not taken while a grace waives interest, which it would ask for later', () => {
    const loan = loanWith({ ...given, terms: { ...annuity, interestGrace: 2 } });
    const holiday = replanOf({ kind: 'payment_holiday', instalments: 1 }, 'change');
    expect(replanned(loan, date('2026-02-10'), holiday)).toMatchObject({ refused: 'terms_invalid' });
    expect(replanned(loan, date('2026-03-31'), holiday)).not.toHaveProperty('refused');
  });

  test('can be followed by any other change', () => {
    const holiday = changed('2026-02-10', { kind: 'payment_holiday', instalments: 1 });
    const loan = folded([...lifecycle(given), holiday]).state;
    const rate = replanOf({ kind: 'rate_change', annualRatePercent: '15' }, 'change');
    expect(replanned(loan, date('2026-03-10'), rate)).not.toHaveProperty('refused');
  });

  test('of a flat loan moves its interest, and adds none', () => {
    const loan = lifecycle({ terms: { ...weeklyTerms, numberOfInstalments: 10 }, disbursedOn: '2026-01-01' });
    const { state } = folded([...loan, changed('2026-01-10', { kind: 'payment_holiday', instalments: 1 })]);
    expect(state.instalments).toHaveLength(11);
    expect(outstanding(state, date('2026-01-10'))).toMatchObject({
      principal: minor('1000.00'),
      interest: minor('100.00'),
    });
    expect(rows(state)[1]).toEqual([2, '2026-01-15', '0.00', '0.00']);
  });
});

describe('a restructure', () => {
  test('to another tenor spreads what is not due, and leaves what is', () => {
    const change = { kind: 'restructure', annualRatePercent: '0', numberOfInstalments: 2, firstDueDate: null } as const;
    const { state } = folded([...lifecycle(given), changed('2026-02-28', change)]);
    expect(rows(state)).toEqual([
      [1, '2026-02-28', '246.28', '10.00'],
      [2, '2026-03-31', '376.86', '0.00'],
      [3, '2026-04-30', '376.86', '0.00'],
    ]);
  });

  test('counts what was paid in advance, and never gives it back', () => {
    const change = {
      kind: 'restructure',
      annualRatePercent: null,
      numberOfInstalments: 3,
      firstDueDate: null,
    } as const;
    const { state } = folded([
      ...lifecycle(given),
      first,
      repaid('100.00', '2026-03-05'),
      changed('2026-03-10', change),
    ]);
    const { principal } = outstanding(state, date('2026-03-10'));
    expect(principal).toBe(minor('1000.00') - minor('246.28') - minor('92.46'));
    expect(text(state.instalments[1]?.paid.interest ?? 0n)).toBe('7.54');
  });
});

describe('a flat loan whose instalments are multiples of a step', () => {
  const terms: Terms = { ...weeklyTerms, numberOfInstalments: 4, instalmentMultiple: '1.00' };
  const restructured = (numberOfInstalments: number, over: Partial<Terms> = {}, principal = '1000.00') => {
    const change = { kind: 'restructure', annualRatePercent: null, numberOfInstalments, firstDueDate: null } as const;
    const loan = lifecycle({ principal, disbursedOn: '2026-01-07', terms: { ...terms, ...over } });
    const { instalments } = folded([...loan, changed('2026-01-11', change)]).state;
    return instalments.map((each) => [each.principal, each.interest, each.balanceAfter].map((part) => text(part)));
  };

  test('keeps it when it is planned anew: the principal takes what rounding leaves', () =>
    // 1,100.00 in three: 367.00, 367.00 and 366.00.
    expect(restructured(3)).toEqual([
      ['333.67', '33.33', '666.33'],
      ['333.67', '33.33', '332.66'],
      ['332.66', '33.34', '0.00'],
    ]));

  test('has its first ask for the interest of arrears beside the multiple', () => {
    const change = { kind: 're_age', numberOfInstalments: 3, firstDueDate: null } as const;
    const given = { principal: '1000.00', disbursedOn: '2026-01-07', terms: { ...terms, flatRatePercent: '9.99' } };
    const { instalments } = folded([...lifecycle(given), changed('2026-01-15', change)]).state;
    // 24.98 of the first, which stays; the other 74.92 and 1,000.00 in three.
    expect(instalments.slice(1).map((each) => text(remainder(each)))).toEqual(['382.98', '358.00', '358.92']);
  });

  test('rounds down where the last would ask for less than its interest', () =>
    // 1,100.00 in eight are 137.50 each: in steps of 100.00 rounded up they would leave 0.00 after the sixth.
    expect(restructured(8, { instalmentMultiple: '100', rounding: 'up' }).map(([principal]) => principal)).toEqual([
      ...Array.from({ length: 7 }, () => '87.50'),
      '387.50',
    ]));

  test('gives it up where interest leaves no room for it', () => {
    // 45.00 of interest each from the third instalment on, of 190.00 in all: four times 25.00 or 50.00 do not fit.
    const grace = { flatRatePercent: '90', interestGrace: 2, interestGraceTreatment: 'carried' } as const;
    const parts = restructured(4, { ...grace, instalmentMultiple: '25' }, '100.00');
    expect(parts.map(([principal]) => principal)).toEqual(['25.00', '25.00', '25.00', '25.00']);
  });
});

describe('a change between the day on which an instalment is due and the end of its period', () => {
  // Due on Friday 6 February instead of Sunday 8; 0.1 % a day, so that 28 days of 1,000.00 to 8 March cost 28.00.
  const terms: Terms = {
    ...defaultTerms,
    interestMethod: 'bullet',
    annualRatePercent: '36.5',
    dayCount: 'act/365',
    frequency: { every: 1, unit: 'month' },
    numberOfInstalments: 3,
    businessDayRule: 'preceding',
    calendar: 'weekends',
  };
  const policy = { ...policyWith(), advancePayment: 'reduce_instalment' } as const;
  const closedDays = { weekend: [6, 7], holidays: [] };
  const loan = lifecycle({ principal: '1000.00', disbursedOn: '2026-01-08', terms, policy, closedDays });
  const due = repaid('31.00', '2026-02-06');
  const tranche = (amount: string, on: string) =>
    record({ type: 'disbursed', valueDate: date(on), payload: { amount } });
  const rate = (on: string) => changed(on, { kind: 'rate_change', annualRatePercent: '73' });

  test.each<{ done: string; events: LoanEvent[]; interest: string; because: string }>([
    { done: 'nothing', events: [], interest: '28.00', because: 'its period is 28 days' },
    {
      done: '500.00 more on the 6th',
      events: [tranche('500.00', '2026-02-06')],
      interest: '43.00',
      because: '1,500.00 cost 42.00, and the 500.00 two days before that 1.00',
    },
    {
      done: '500.00 more on the 7th',
      events: [tranche('500.00', '2026-02-07')],
      interest: '42.50',
      because: 'one day of 500.00 costs 0.50',
    },
    {
      done: '500.00 more on the 6th, and 300.00 on the 7th',
      events: [tranche('500.00', '2026-02-06'), tranche('300.00', '2026-02-07')],
      interest: '51.70',
      because: '1,800.00 cost 50.40, 500.00 for two days 1.00 and 300.00 for one day 0.30',
    },
    {
      done: '500.00 paid back on the 6th',
      events: [repaid('500.00', '2026-02-06')],
      interest: '13.00',
      because: '500.00 cost 14.00, and two days of the 500.00 were paid with the first instalment',
    },
    {
      done: '500.00 paid back on the 6th, and 100.00 on the 7th',
      events: [repaid('500.00', '2026-02-06'), repaid('100.00', '2026-02-07')],
      interest: '10.10',
      because: '400.00 cost 11.20, less 1.00 and one day of 100.00',
    },
    {
      done: 'twice the rate from the 6th',
      events: [rate('2026-02-06')],
      interest: '58.00',
      because: '28 days at 0.2 % a day are 56.00, and two days at 0.1 % more 2.00',
    },
    {
      done: 'the same rate on the 6th',
      events: [changed('2026-02-06', { kind: 'rate_change', annualRatePercent: '36.5' })],
      interest: '28.00',
      because: 'nothing is another',
    },
  ])('with $done, the next asks for $interest: $because', ({ events, interest }) => {
    const { state } = folded([...loan, due, ...events]);
    const next = state.instalments.find(({ number }) => number === 2);
    expect(next && text(askedOf(next, 'interest'))).toBe(interest);
  });
});

describe('a balloon in its last period', () => {
  const terms: Terms = { ...annuity, interestMethod: 'balloon', balloonAmount: '400.00', numberOfInstalments: 2 };
  const loan = lifecycle({ principal: '1000.00', disbursedOn: '2026-01-01', terms });

  test.each<{ done: string; event: LoanEvent; last: string[] }>([
    {
      done: 'another rate on its first day',
      event: changed('2026-02-01', { kind: 'rate_change', annualRatePercent: '24' }),
      last: ['400.00', '8.00'],
    },
    {
      done: 'more money',
      event: record({ type: 'disbursed', valueDate: date('2026-02-01'), payload: { amount: '100.00' } }),
      last: ['500.00', '5.00'],
    },
    {
      done: 'a holiday of a month, whose interest is asked for with it',
      event: changed('2026-02-01', { kind: 'payment_holiday', instalments: 1 }),
      last: ['400.00', '8.00'],
    },
  ])('can have $done', ({ event, last }) => {
    const { instalments } = folded([...loan, event]).state;
    const { principal = 0n, interest = 0n } = instalments.at(-1) ?? {};
    expect([text(principal), text(interest)]).toEqual(last);
  });

  test('is not shortened to one instalment before', () => {
    const change = {
      kind: 'restructure',
      annualRatePercent: null,
      numberOfInstalments: 1,
      firstDueDate: null,
    } as const;
    const { state } = folded([...loan, changed('2026-01-10', change)]);
    expect(state.instalments).toHaveLength(2);
  });
});

describe('a re-age', () => {
  const change = { kind: 're_age', numberOfInstalments: 3, firstDueDate: date('2026-07-31') } as const;
  const { state } = folded([...lifecycle(given), changed('2026-06-30', change)]);

  test('takes all arrears along, past the last due date too', () => {
    expect(outstanding(state, date('2026-06-30'))).toMatchObject({
      principal: minor('1000.00'),
      dueNow: 0n,
      overdue: 0n,
    });
    expect(
      rows(state)
        .slice(4)
        .map(([number, dueDate]) => [number, dueDate]),
    ).toEqual([
      [5, '2026-07-31'],
      [6, '2026-08-31'],
      [7, '2026-09-30'],
    ]);
  });

  test.each([
    ['2026-03-15', '2026-03-15', 'must be after 2026-03-15, the value date of the change'],
    ['2026-03-15', '2026-02-01', 'must be after 2026-03-15, the value date of the change'],
    ['2026-06-30', '2026-06-30', 'must be after 2026-06-30, the value date of the change'],
  ])('on %s cannot ask for a first due date of %s', (on, firstDueDate, detail) => {
    const asked = replanOf({ ...change, firstDueDate: date(firstDueDate) }, 're-age');
    expect(replanned(loanWith(given), date(on), asked)).toMatchObject({
      refused: 'terms_invalid',
      detail: expect.stringContaining(detail),
    });
  });

  test('asks for the interest that was due with its first instalment', () =>
    expect(state.instalments[4]?.additions?.charged.interest).toBe(minor('25.13')));
});

test('what is paid off after a change is asked by the plan in force', () => {
  const change = { kind: 'rate_change', annualRatePercent: '24' } as const;
  const { state } = folded([...lifecycle(given), first, changed('2026-02-28', change)]);
  // A month of 753.72 at 24 % is 15.07; 15 of its 31 days.
  expect(text(payoff(state, date('2026-03-15'), 'to_the_day').interest)).toBe('7.29');
});

test('a plan is made anew where something is left to plan', () => {
  const paid = loanWith(given, repaid('2000.00', '2026-02-01'));
  expect(
    replanned(paid, date('2026-02-10'), replanOf({ kind: 'payment_holiday', instalments: 1 }, 'change')),
  ).toMatchObject({
    refused: 'state_conflict',
  });
});
