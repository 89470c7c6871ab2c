import { date } from '@tenor/calendar';
import { money } from '@tenor/money';
import {
  decideApprove,
  decideCancel,
  decideDisburse,
  decideOpen,
  decideReject,
  type OpenContext,
  type OpenLoan,
} from '../../src/loans/loan-decisions.ts';
import type { DraftEvent } from '../../src/loans/loan-event.ts';
import type { Product } from '../../src/products/product.ts';
import { CUSTOMER, folded, lifecycle, opened, plainTerms, record, repaid, shipped } from '../builders.ts';

const today = date('2026-11-21');
const rupiah = (minor: bigint) => money(minor, 'IDR');

const command: OpenLoan = {
  loanId: 'loan-1',
  externalId: 'ext-1',
  principal: rupiah(200_000_000n),
  terms: {},
  disbursedOn: null,
  acceptsCorrectedRate: false,
};
const weekly = shipped('weekly-flat-50');
const context: OpenContext = {
  customer: { id: CUSTOMER, status: 'active', creditLimit: null },
  exposure: 0n,
  product: weekly,
  calendars: new Map(),
  openLoans: 0,
  businessDate: today,
  credit: null,
};
const customer = (creditLimit: OpenContext['customer']['creditLimit'], status: 'active' | 'inactive' = 'active') => ({
  customer: { id: CUSTOMER, status, creditLimit },
});
const onBusinessDays: Product = {
  ...weekly,
  terms: { ...weekly.terms, calendar: 'national', businessDayRule: 'following' },
};
const bounded = (min: string, max: string) => ({
  product: { ...weekly, policy: { ...weekly.policy, principalBounds: { min, max } } },
});

const eventsOf = (decision: ReturnType<typeof decideOpen>): DraftEvent[] => {
  if ('refused' in decision) throw new Error(`${decision.refused}: ${decision.detail}`);
  return decision;
};

describe('opening a loan', () => {
  test('approves and disburses it at once where the product says so', () => {
    const drafts = eventsOf(decideOpen(command, context));
    expect(drafts.map(({ type, valueDate }) => [type, valueDate])).toEqual([
      ['opened', today],
      ['approved', today],
      ['disbursed', today],
    ]);
    const { state } = folded(drafts.map((draft) => record(draft)));
    expect(state).toMatchObject({
      status: 'active',
      externalId: 'ext-1',
      customerId: CUSTOMER,
      principal: 200_000_000n,
    });
    expect(state.instalments).toHaveLength(50);
  });

  test('leaves it pending where somebody has to approve', () => {
    const product = { ...weekly, policy: { ...weekly.policy, autoApprove: false } };
    expect(eventsOf(decideOpen(command, { ...context, product })).map(({ type }) => type)).toEqual(['opened']);
  });

  test('may start in the past, all of it on that day', () => {
    const past = date('2026-01-01');
    const drafts = eventsOf(decideOpen({ ...command, disbursedOn: past }, context));
    expect(drafts.map(({ valueDate }) => valueDate)).toEqual([past, past, past]);
  });

  test('keeps the closed days that are still to come, of the calendar that its terms name', () => {
    const terms = { ...weekly.terms, calendar: 'jakarta', businessDayRule: 'following' } as const;
    const product = { ...weekly, terms };
    const holidays = ['2026-11-20', '2026-11-28', '2026-12-05'].map(date);
    const calendars = new Map([['jakarta', { weekend: [7], holidays }]]);
    const drafts = eventsOf(decideOpen(command, { ...context, product, calendars }));
    const { state } = folded(drafts.map((draft) => record(draft)));
    expect(state.closedDays).toEqual({ weekend: [7], holidays: ['2026-11-28', '2026-12-05'] });
    expect(state.instalments.slice(0, 3).map(({ dueDate }) => dueDate)).toEqual([
      '2026-11-30',
      '2026-12-07',
      '2026-12-12',
    ]);
    expect(drafts[0]?.payload).toMatchObject({ closedDays: state.closedDays });
    expect(decideOpen(command, { ...context, product })).toMatchObject({
      refused: 'terms_invalid',
      meta: { term: 'calendar' },
    });
  });

  test('takes the whole headroom of a credit limit', () => {
    const limited = { ...context, ...customer(rupiah(300_000_000n)), exposure: 100_000_000n };
    expect(eventsOf(decideOpen(command, limited))).toHaveLength(3);
  });

  test('leaves it pending where an outside score is required first, approved at once or not', () => {
    const policy = { ...weekly.policy, autoApprove: true, requiresScore: true, scoreSource: 'external' } as const;
    const scored = { ...weekly, policy };
    expect(eventsOf(decideOpen(command, { ...context, product: scored })).map(({ type }) => type)).toEqual(['opened']);
  });

  test('counts only the open loans of a product that limits them', () => {
    const limited = { ...weekly, policy: { ...weekly.policy, maxOpenLoans: 2 } };
    expect(eventsOf(decideOpen(command, { ...context, product: limited, openLoans: 1 }))).toHaveLength(3);
    expect(eventsOf(decideOpen(command, { ...context, openLoans: 99 }))).toHaveLength(3);
  });

  test.each<{ refused: string; because: string; given?: Partial<OpenLoan>; standing?: Partial<OpenContext> }>([
    { refused: 'customer_inactive', because: 'the customer is not active', standing: customer(null, 'inactive') },
    { refused: 'terms_not_allowed', because: 'the product fixes the term', given: { terms: { flatRatePercent: '5' } } },
    {
      refused: 'terms_invalid',
      because: 'the rate is missing',
      given: { principal: money(10_000n, 'INR'), terms: { numberOfInstalments: 12 } },
      standing: { product: shipped('monthly-annuity') },
    },
    { refused: 'value_date_in_future', because: 'it is tomorrow', given: { disbursedOn: date('2026-11-22') } },
    { refused: 'currency_mismatch', because: 'the product lends rupiah', given: { principal: money(9n, 'USD') } },
    { refused: 'principal_out_of_bounds', because: 'it is too small', standing: bounded('2000000.01', '9000000.00') },
    { refused: 'principal_out_of_bounds', because: 'it is too large', standing: bounded('1.00', '1999999.99') },
    { refused: 'principal_out_of_bounds', because: 'it cannot be divided', given: { principal: rupiah(49n) } },
    { refused: 'terms_invalid', because: 'it is due before', given: { terms: { firstDueDate: date('2026-11-21') } } },
    { refused: 'terms_invalid', because: 'its calendar is not there', standing: { product: onBusinessDays } },
    {
      refused: 'open_loans_exceeded',
      because: 'the customer has as many loans as the product allows',
      standing: { product: { ...weekly, policy: { ...weekly.policy, maxOpenLoans: 2 } }, openLoans: 2 },
    },
    { refused: 'currency_mismatch', because: 'the limit is in dollars', standing: customer(money(10n ** 12n, 'USD')) },
    { refused: 'limit_exceeded', because: 'it is above the limit', standing: customer(rupiah(199_999_999n)) },
    {
      refused: 'limit_exceeded',
      because: 'other loans use the limit',
      standing: { ...customer(rupiah(300_000_000n)), exposure: 100_000_001n },
    },
  ])('is refused with $refused when $because', ({ refused, given, standing }) => {
    expect(decideOpen({ ...command, ...given }, { ...context, ...standing })).toMatchObject({ refused });
  });

  test('gives the first refusal in the documented order, each once the one before is mended', () => {
    const wrong = { ...command, disbursedOn: date('2026-12-01'), terms: { flatRatePercent: '5' } };
    const small = { ...bounded('1.00', '2.00'), ...customer(rupiah(1n)) };
    const refusals = [
      decideOpen(wrong, { ...context, ...small, ...customer(rupiah(1n), 'inactive') }),
      decideOpen(wrong, { ...context, ...small }),
      decideOpen({ ...wrong, terms: {} }, { ...context, ...small }),
      decideOpen(command, { ...context, ...small }),
      decideOpen(command, { ...context, ...customer(rupiah(1n)) }),
    ];
    expect(refusals.map((each) => 'refused' in each && each.refused)).toEqual([
      'customer_inactive',
      'terms_not_allowed',
      'value_date_in_future',
      'principal_out_of_bounds',
      'limit_exceeded',
    ]);
  });

  test('says in figures what is left of the limit', () => {
    const limited = { ...context, ...customer(rupiah(300_000_000n)), exposure: 150_000_000n };
    expect(decideOpen(command, limited)).toMatchObject({
      meta: { limit: '3000000.00', exposure: '1500000.00', available: '1500000.00', currency: 'IDR' },
    });
  });
});

describe('the steps before the first payment', () => {
  const on = '2026-11-10';
  const [application, approval, disbursement] = lifecycle({ disbursedOn: on, terms: plainTerms(2) });
  const known = [application, approval, disbursement].filter((event) => event !== undefined);
  const pending = folded(known.slice(0, 1)).state;
  const approved = folded(known.slice(0, 2)).state;
  const active = folded(known).state;
  const paid = folded([...known, repaid('1000.00', '2026-11-12')]).state;
  const now = { valueDate: null, businessDate: today };
  const commands = {
    approve: decideApprove,
    reject: (state: typeof pending, dated: typeof now) => decideReject(state, dated, 'income'),
    cancel: (state: typeof pending, dated: typeof now) => decideCancel(state, dated, null),
    disburse: decideDisburse,
  };

  test('approval pays out on its day where the product says so, and is refused when the schedule cannot start', () => {
    const policy = { ...pending.policy, disburseOnApproval: true };
    const drafts = eventsOf(decideApprove({ ...pending, policy }, now));
    expect(drafts.map(({ type, valueDate }) => [type, valueDate])).toEqual([
      ['approved', today],
      ['disbursed', today],
    ]);
    const terms = { ...pending.terms, firstDueDate: today };
    expect(decideApprove({ ...pending, policy, terms }, now)).toMatchObject({ refused: 'terms_invalid' });
  });

  test.each([
    { name: 'approve', state: pending, draft: { type: 'approved', valueDate: today, payload: {} } },
    { name: 'reject', state: pending, draft: { type: 'rejected', valueDate: today, payload: { reason: 'income' } } },
    { name: 'cancel', state: pending, draft: { type: 'cancelled', valueDate: today, payload: { reason: null } } },
    { name: 'cancel', state: approved, draft: { type: 'cancelled', valueDate: today, payload: { reason: null } } },
    {
      name: 'disburse',
      state: approved,
      draft: { type: 'disbursed', valueDate: today, payload: { amount: '1000.00' } },
    },
  ] as const)('$name a loan that is $state.status', ({ name, state, draft }) => {
    expect(commands[name](state, now)).toEqual([draft]);
  });

  test.each([
    { name: 'approve', states: [approved, active, paid] },
    { name: 'reject', states: [approved, active, paid] },
    { name: 'cancel', states: [active, paid] },
    { name: 'disburse', states: [pending, active, paid] },
  ] as const)('refuses to $name a loan in another status', ({ name, states }) => {
    for (const state of states) {
      expect(commands[name](state, now)).toMatchObject({ refused: 'state_conflict', meta: { status: state.status } });
    }
  });

  test.each([
    { valueDate: date('2026-11-09'), refused: 'state_conflict' },
    { valueDate: date('2026-11-22'), refused: 'value_date_in_future' },
  ])('refuses to disburse on $valueDate with $refused', ({ valueDate, refused }) => {
    expect(decideDisburse(approved, { valueDate, businessDate: today })).toMatchObject({ refused });
  });

  test('may be dated back to the day of the step before', () => {
    const valueDate = date(on);
    expect(decideDisburse(approved, { valueDate, businessDate: today })).toMatchObject([{ valueDate }]);
  });

  test('refuses to disburse on or after the first due date', () => {
    const firstDueDate = date('2026-11-15');
    const first = opened({ disbursedOn: on, terms: { ...plainTerms(2), firstDueDate } });
    const { state } = folded([first, record({ type: 'approved', valueDate: first.valueDate, payload: {} })]);
    expect(decideDisburse(state, now)).toMatchObject({ refused: 'terms_invalid' });
  });
});
