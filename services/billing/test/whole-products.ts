const monthly = { frequency: { every: 1, unit: 'month' }, number_of_instalments: 12 };

/** Terms that together say everything that terms can say and that is acted on, each unlike its default. */
const terms: Readonly<Record<string, object>> = {
  annuity: {
    ...monthly,
    interest_method: 'annuity',
    monthly_rate_percent: '2',
    day_count: 'act/365',
    rounding: 'half_up',
    instalment_multiple: '5',
    emi_smoothing: false,
    minimum_days_to_first_due: 20,
    principal_grace: 2,
    interest_grace: 1,
    interest_grace_treatment: 'carried',
    down_payment_percent: '10',
    maximum_disbursements: 3,
    fees: [
      { code: 'origination', charged: 'at_disbursement', amount: null, percent: '1.5', treatment: 'deducted' },
      { code: 'insurance', charged: 'at_disbursement', amount: '10', percent: null, treatment: 'financed' },
      { code: 'service', charged: 'per_instalment', amount: '1.00', percent: null, treatment: null },
    ],
    tax: { interest_percent: '18', fee_percent: '5.5', penalty_percent: '7' },
  },
  'equal-principal': {
    interest_method: 'equal_principal',
    index_rate: { index: 'SOFR', margin_percent: '-0.5', values: [{ from: '2026-01-01', percent: '4.31' }] },
    frequency: { every: 2, unit: 'week' },
    number_of_instalments: 26,
    day_count: 'act/360',
    calendar: 'jakarta',
    business_day_rule: 'modified_following',
  },
  flat: {
    interest_method: 'flat',
    flat_rate_percent: '12',
    flat_rate_basis: 'per_annum',
    frequency: { every: 1, unit: 'semi_month' },
    number_of_instalments: 12,
    first_due_date: '2026-06-20',
  },
  bullet: {
    interest_method: 'bullet',
    annual_rate_percent: '30',
    bullet_interest: 'at_end',
    frequency: { every: 1, unit: 'quarter' },
    number_of_instalments: 4,
  },
  balloon: { ...monthly, interest_method: 'balloon', annual_rate_percent: '9.4822', balloon_amount: '500.00' },
  'fixed-instalment': { ...monthly, interest_method: 'fixed_instalment', instalment_amount: '110.00' },
  'no-interest': {
    interest_method: 'none',
    frequency: { every: 1, unit: 'day' },
    number_of_instalments: 30,
    calendar: 'jakarta',
  },
};

const policy = {
  valid_from: '2026-01-01',
  valid_to: '2026-12-31',
  overridable: ['number_of_instalments'],
  payment_policy: 'partial',
  overpayment: 'reject',
  delinquency: {
    consecutive_missed: 3,
    max_days_past_due: 60,
    tolerance: '1.50',
    grace_days: 5,
    buckets: [7, 30, 90],
    non_accrual_after_days: 90,
    accrual_again_after_days: 30,
  },
  accrual: 'daily',
  auto_approve: false,
  disburse_on_approval: true,
  time_zone: 'Asia/Jakarta',
  requires_score: true,
  score_source: 'external',
  principal_bounds: { min: '600.00', max: '5000.00' },
  tenor_bounds: { min: 4, max: 60 },
  max_open_loans: 2,
};

/** Requests for products that together give every field whose value may be another than its default so far. */
export const wholeProducts = Object.entries(terms).map(([name, of]) => ({
  code: `whole-${name}`,
  name: `Everything of ${name}`,
  currency: 'USD',
  terms: of,
  ...policy,
  ...(name === 'bullet' && { rate_bounds: { min: '0', max: '36' } }),
}));

/** What may be given so far only as it is when it is left out, or not at all. */
export const notYet = [
  '/advance_payment',
  '/late_interest',
  '/penalty',
  '/penalty/amount',
  '/penalty/percent_per_day',
  '/penalty/grace_days',
  '/penalty/cap',
  '/allocation_order',
  '/allocation_order/components',
  '/allocation_order/vertical',
  '/settlement',
  '/settlement/payoff',
  '/settlement/early_settlement_rebate',
  '/settlement/small_balance_tolerance',
];
