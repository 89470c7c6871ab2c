import { NonNegativeAmountSchema, PositiveAmountSchema } from '@tenor/contracts';
import { type TSchema, Type } from 'typebox';
import { choiceOf, closed, type Described, givenFields, givenObject, orNull, percentSchema } from './fields.schemas.ts';
import { snakeCased } from './json-names.ts';
import { defaultPenalty, defaultPolicy } from './policy.ts';
import { INSTALMENTS_MAX } from './terms.schemas.ts';

const DAYS_MAX = 3_650;
const MISSED_MAX = 100;
const BUCKETS_MAX = 20;
const OPEN_LOANS_MAX = 1_000;
const TIME_ZONE_LENGTH_MAX = 64;

const days = (told: Described, minimum = 0) => Type.Integer({ minimum, maximum: DAYS_MAX, ...told });
const tolerance = (told: Described) => ({ ...NonNegativeAmountSchema, ...told });
const flag = (told: Described) => Type.Boolean({ ...told });
const boundsOf = <Value extends TSchema>(
  value: (end: Described) => Value,
  { examples: [least, greatest], ...told }: Described & { readonly examples: readonly [unknown, unknown] },
) =>
  orNull(
    Type.Object(
      {
        min: value({ title: 'Least', description: 'The least that is allowed', examples: [least] }),
        max: value({ title: 'Greatest', description: 'The greatest that is allowed', examples: [greatest] }),
      },
      closed,
    ),
    { ...told, examples: [{ min: least, max: greatest }] },
  );

const allocationOrder = {
  components: Type.Array(choiceOf(['penalty', 'fee', 'interest', 'principal']), {
    minItems: 4,
    maxItems: 4,
    uniqueItems: true,
    title: 'Components',
    description: 'Which part of an instalment is paid first; each once',
  }),
  vertical: flag({
    title: 'Vertical',
    description: 'One component over all instalments that are due, then the next',
  }),
};
const settlement = {
  payoff: orNull(choiceOf(['to_the_day', 'to_period_end']), {
    title: 'Payoff',
    description: 'What an early payoff asks of the interest to come. Null: all of it',
    examples: ['to_the_day'],
  }),
  early_settlement_rebate: choiceOf(['none', 'pro_rata', 'rule_of_78'], {
    title: 'Early settlement rebate',
    description: 'For `flat`: what an early payoff gives back of the interest of periods that have not begun',
  }),
  small_balance_tolerance: tolerance({
    title: 'Small balance',
    description:
      'A remainder up to this amount is waived when a payment on the last due date or later, or a payoff, leaves it',
  }),
};
const penalty = {
  amount: orNull(PositiveAmountSchema, {
    title: 'Amount',
    description: 'Fixed penalty; null where `percent_per_day` is given',
    examples: ['5.00'],
  }),
  percent_per_day: orNull(percentSchema('somePart'), {
    title: 'Percent per day',
    description: 'Of overdue principal, interest and fee, never of penalty; null where `amount` is given',
    examples: ['0.1'],
  }),
  grace_days: days({ title: 'Grace days', description: 'Days after the due date before it begins', examples: [3] }),
  cap: orNull(PositiveAmountSchema, {
    title: 'Cap',
    description: 'The most per instalment; null: no limit',
    examples: ['50.00'],
  }),
};
const delinquency = {
  consecutive_missed: Type.Integer({
    minimum: 1,
    maximum: MISSED_MAX,
    title: 'Consecutive missed',
    description: 'So many instalments missed in a row, or all that there are, make a loan delinquent',
  }),
  max_days_past_due: days(
    { title: 'Days past due', description: 'More days past due than this make a loan delinquent' },
    1,
  ),
  tolerance: tolerance({ title: 'Tolerance', description: 'A remainder up to this amount is not missed' }),
  grace_days: days({ title: 'Grace days', description: 'Days before an instalment counts as missed' }),
  buckets: Type.Array(days({ title: 'Last day', description: 'Last day past due of the bucket' }, 1), {
    minItems: 1,
    maxItems: BUCKETS_MAX,
    title: 'Buckets',
    description: 'Last days of the buckets, rising; the last bucket is open',
  }),
  non_accrual_after_days: orNull(days({ title: 'Days', description: 'Days past due' }, 1), {
    title: 'Non-accrual after',
    description: 'Days past due after which only what is paid is income, unless accrual is `cash`. Null: never',
    examples: [90],
  }),
  accrual_again_after_days: orNull(days({ title: 'Days', description: 'Days without arrears' }, 1), {
    title: 'Accrual again after',
    description:
      'Days without arrears after which income is earned again, with `non_accrual_after_days`. Null: at once',
    examples: [30],
  }),
};

const penaltyTold = {
  title: 'Penalty',
  description: 'What late payment costs. Null: nothing',
  examples: [{ amount: null, percent_per_day: '0.1', grace_days: 3, cap: null }],
};
const described = {
  allocation_order: { title: 'Allocation order', description: 'How a payment is spread over a loan' },
  settlement: { title: 'Settlement', description: 'Paying a loan off before its end' },
  delinquency: { title: 'Delinquency', description: 'When a loan counts as late, and how late' },
};

const single = {
  payment_policy: choiceOf(['exact', 'partial', 'any'], {
    title: 'Payment policy',
    description: '`exact`: whole instalments. `partial`: up to what is due. `any`: in advance too',
  }),
  overpayment: choiceOf(['credit', 'reject'], {
    title: 'Overpayment',
    description: 'More than everything owed becomes credit, or is refused',
  }),
  advance_payment: choiceOf(['next_instalment', 'reduce_term', 'reduce_instalment'], {
    title: 'Advance payment',
    description:
      'What a payment beyond what is due does: pays the next instalments, or pays principal back, so that fewer or smaller instalments are left. The last two need `payment_policy` `any`',
  }),
  penalty: orNull(Type.Object(penalty, closed), penaltyTold),
  late_interest: flag({
    title: 'Late interest',
    description: 'Interest on late principal, where it follows from a rate',
  }),
  accrual: choiceOf(['daily', 'on_due', 'cash'], {
    title: 'Accrual',
    description: 'When income is earned: `cash` once it is paid, `on_due` on the due date, `daily` interest day by day',
  }),
  auto_approve: flag({
    title: 'Approve at once',
    description: 'A loan is approved and paid out when it is opened, unless a score is required first',
  }),
  disburse_on_approval: flag({
    title: 'Pay out on approval',
    description: 'A loan that waited is paid out on the day on which it is approved',
  }),
  time_zone: orNull(Type.String({ minLength: 1, maxLength: TIME_ZONE_LENGTH_MAX }), {
    title: 'Time zone',
    description: "IANA name that business dates are of; null: the installation's",
    examples: ['Asia/Jakarta'],
  }),
  requires_score: flag({
    title: 'Requires a score',
    description:
      "Who borrows is decided by a score: Tenor's own when the loan is opened; for another's it waits as pending",
  }),
  score_source: choiceOf(['internal', 'external'], {
    title: 'Whose score',
    description: "Of a required score: Tenor's own, or an outside scoring engine's",
  }),
  principal_bounds: boundsOf((end) => ({ ...PositiveAmountSchema, ...end }), {
    title: 'Principal',
    description: 'What the product lends; null: any amount',
    examples: ['500.00', '10000.00'],
  }),
  tenor_bounds: boundsOf((end) => Type.Integer({ minimum: 1, maximum: INSTALMENTS_MAX, ...end }), {
    title: 'Instalments',
    description: 'How many instalments a loan may have; null: any number',
    examples: [6, 24],
  }),
  rate_bounds: boundsOf((end) => percentSchema('rate', end), {
    title: 'Rate',
    description: 'Percent that the one rate may have that the product or a loan states; null: any',
    examples: ['9.5', '36'],
  }),
  max_open_loans: orNull(
    Type.Integer({ minimum: 1, maximum: OPEN_LOANS_MAX, title: 'Loans', description: 'Pending, approved and active' }),
    {
      title: 'Open loans',
      description: 'Loans of this product that one customer may have open at once; null: any number',
      examples: [2],
    },
  ),
};

/** The policy of a product as an answer shows it. */
export const policyFields = {
  ...single,
  allocation_order: Type.Object(allocationOrder, { ...closed, ...described.allocation_order }),
  settlement: Type.Object(settlement, { ...closed, ...described.settlement }),
  delinquency: Type.Object(delinquency, { ...closed, ...described.delinquency }),
};

/** The policy of a product as a request gives it: each field, and each of a group, may be left out. */
export const givenPolicyFields = givenFields(
  {
    ...single,
    penalty: orNull(givenObject(penalty, snakeCased(defaultPenalty), penaltyTold), penaltyTold),
    allocation_order: givenObject(allocationOrder, defaultPolicy.allocationOrder, described.allocation_order),
    settlement: givenObject(settlement, snakeCased(defaultPolicy.settlement), described.settlement),
    delinquency: givenObject(delinquency, snakeCased(defaultPolicy.delinquency), described.delinquency),
  },
  snakeCased(defaultPolicy),
);
