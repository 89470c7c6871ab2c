import { date } from '@tenor/calendar';
import { askedOf, remainder } from '../../src/delinquency/instalment.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { outstanding } from '../../src/loans/outstanding.ts';
import { aged } from '../../src/penalties/passing-days.ts';
import type { PenaltyPolicy } from '../../src/products/policy.ts';
import { defaultTax, defaultTerms } from '../../src/products/terms.ts';
import { folded, type LoanGiven, lifecycle, plainTerms, policyWith, record, repaid, text } from '../builders.ts';
import { rowsOf } from './page-tables.ts';

const PAGE = 'charges.md';

/** "40.00 on …", "fee 6.00 on …", "all penalty waived on …" or "0.25 penalty waived on …", several after semicolons. */
function eventsOf(done: string): LoanEvent[] {
  return done === '' ? [] : done.split('; ').map(eventOf);
}

function eventOf(done: string): LoanEvent {
  const [what = '', on = ''] = done.split(' on ');
  const valueDate = date(on);
  const [first = '', second, third] = what.split(' ');
  if (second === undefined) return repaid(first, on);
  if (third === 'waived') {
    const of = { component: second as 'fee' | 'penalty', instalment: null, reason: null };
    return record({
      type: 'waived',
      valueDate,
      payload: { waiverId: done, ...of, amount: first === 'all' ? null : first },
    });
  }
  const payload = { chargeId: done, component: first as 'fee' | 'penalty', code: 'example', amount: second };
  return record({ type: 'charged', valueDate, payload });
}

/** As the API names it. */
function penaltyOf(cell: string): PenaltyPolicy {
  const {
    percent_per_day: percentPerDay = null,
    grace_days: graceDays = 0,
    amount = null,
    cap = null,
  } = JSON.parse(cell);
  return { percentPerDay, graceDays, amount, cap };
}

/** The loan at the end of the day. */
function stateOn(given: LoanGiven, done: string, day: string) {
  const asOf = date(day);
  return aged(folded([...lifecycle(given), ...eventsOf(done)], { asOf }).state, asOf);
}

describe('docs/charges.md', () => {
  test.each(rowsOf(PAGE, 'penalty', 'done', 'day', 'fee', 'penalty owed', 'owed in all'))(
    '$penalty, "$done", owes $penalty owed of penalty on $day',
    (row) => {
      const policy = { ...policyWith(), penalty: penaltyOf(row.penalty) };
      const tax = { ...defaultTax, penaltyPercent: 'tax' in row ? String(row.tax) : '0' };
      const terms = { ...plainTerms(3), frequency: { every: 1, unit: 'month' } as const, tax };
      const given = { policy, terms, principal: '300.00', disbursedOn: '2026-04-01' };
      const { fee, penalty, total } = outstanding(stateOn(given, row.done, row.day), date(row.day));
      expect([fee, penalty, total].map((minor) => text(minor))).toEqual([
        row.fee,
        row['penalty owed'],
        row['owed in all'],
      ]);
    },
  );

  test.each(rowsOf(PAGE, 'paid', 'day', 'interest of the first', 'owed of the first'))(
    'with "$paid" the first instalment asks for $interest of the first of interest on $day',
    (row) => {
      const policy = { ...policyWith(), lateInterest: true };
      const terms = {
        ...defaultTerms,
        interestMethod: 'equal_principal',
        annualRatePercent: '36.5',
        dayCount: 'act/365',
        frequency: { every: 10, unit: 'day' },
        numberOfInstalments: 4,
      } as const;
      const given = { policy, terms, principal: '1200.00', disbursedOn: '2026-01-01' };
      const [first] = stateOn(given, row.paid, row.day).instalments;
      if (first === undefined) throw new Error('the loan has no instalment');
      expect([askedOf(first, 'interest'), remainder(first)].map((minor) => text(minor))).toEqual([
        row['interest of the first'],
        row['owed of the first'],
      ]);
    },
  );
});
