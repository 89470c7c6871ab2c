import { businessDayRules, dayCounts, frequencyUnits } from '@tenor/calendar';
import { AmountSchema, BookDateSchema, DateSchema, PositiveAmountSchema } from '@tenor/contracts';
import { roundingModes } from '@tenor/money';
import { type Static, Type } from 'typebox';
import { CalendarNameSchema } from '../calendars/calendars.schemas.ts';
import { chargeFields, givenChargeFields } from './charges.schemas.ts';
import { choiceOf, closed, type Described, givenFields, orNull, percentSchema } from './fields.schemas.ts';
import { snakeCased } from './json-names.ts';
import { defaultTerms, INDEX_VALUES_MAX, type InterestMethod, interestMethods } from './terms.ts';

const EVERY_MAX = 366;
export const INSTALMENTS_MAX = 600;
export const DISBURSEMENTS_MAX = 100;
const DAYS_TO_FIRST_DUE_MAX = 366;

const methods = Object.keys(interestMethods) as [InterestMethod, ...InterestMethod[]];

const FrequencySchema = Type.Object(
  {
    every: Type.Integer({
      minimum: 1,
      maximum: EVERY_MAX,
      title: 'Every',
      description: 'How many units lie between two due dates',
      examples: [1],
    }),
    unit: choiceOf(frequencyUnits, { title: 'Unit', description: 'Unit of `every`', examples: ['month'] }),
  },
  {
    ...closed,
    title: 'Frequency',
    description: 'From one due date to the next',
    examples: [{ every: 1, unit: 'month' }],
  },
);

const IndexRateSchema = Type.Object(
  {
    index: Type.String({
      pattern: '^[A-Z0-9][A-Z0-9 ._-]{0,31}$',
      title: 'Index',
      description: 'Name of the index',
      examples: ['SOFR'],
    }),
    margin_percent: percentSchema('signed', {
      title: 'Margin',
      description: 'Added to the value of the index, in percent per year; their sum is never below zero',
      examples: ['2.5'],
    }),
    values: Type.Array(
      Type.Object(
        {
          from: { ...BookDateSchema, title: 'From', description: 'First day of this value', examples: ['2026-01-01'] },
          percent: percentSchema('signed', {
            title: 'Value',
            description: 'The index from that day on, in percent per year',
            examples: ['4.31'],
          }),
        },
        { ...closed, title: 'Value', description: 'The index from a day on' },
      ),
      {
        minItems: 1,
        maxItems: INDEX_VALUES_MAX,
        title: 'Values',
        description: 'In the order of their days; the first counts for earlier days too',
        examples: [[{ from: '2026-01-01', percent: '4.31' }]],
      },
    ),
  },
  closed,
);

const amountOf = (told: Described) => orNull(PositiveAmountSchema, told);
const rate = (told: Described) => orNull(percentSchema('rate'), told);
const instalments = (told: Described) => Type.Integer({ minimum: 0, maximum: INSTALMENTS_MAX - 1, ...told });

const terms = {
  interest_method: choiceOf(methods, {
    title: 'Interest method',
    description:
      '`flat`: interest on the whole principal. `annuity`: equal instalments on the balance. `equal_principal`: equal principal, interest on the balance. `bullet`: the principal at the end. `balloon`: a given last principal. `fixed_instalment`: a given instalment. `none`: no interest',
    examples: ['annuity'],
  }),
  annual_rate_percent: rate({
    title: 'Annual rate',
    description: 'Percent per year, for every method on the balance; at most 10000, with up to ten decimals',
    examples: ['10.5'],
  }),
  monthly_rate_percent: rate({
    title: 'Monthly rate',
    description: 'Percent per month, instead of an annual rate of twelve times as much',
    examples: ['2'],
  }),
  index_rate: orNull(IndexRateSchema, {
    title: 'Index rate',
    description: 'An index and a margin, instead of a fixed rate',
    examples: [{ index: 'SOFR', margin_percent: '2.5', values: [{ from: '2026-01-01', percent: '4.31' }] }],
  }),
  flat_rate_percent: rate({
    title: 'Flat rate',
    description: 'Percent of the principal, for `flat`, over `flat_rate_basis`',
    examples: ['10'],
  }),
  flat_rate_basis: choiceOf(['whole_term', 'per_annum'], {
    title: 'Flat rate basis',
    description: 'Whether the flat rate is for the whole term or for each year of it',
    examples: ['whole_term'],
  }),
  instalment_amount: amountOf({
    title: 'Instalment amount',
    description: 'For `fixed_instalment`, and needed by it: what every instalment but the last asks',
    examples: ['1200.00'],
  }),
  balloon_amount: amountOf({
    title: 'Balloon amount',
    description: 'For `balloon`, and needed by it: the principal of the last instalment',
    examples: ['5000.00'],
  }),
  bullet_interest: choiceOf(['each_period', 'at_end'], {
    title: 'Bullet interest',
    description: 'For `bullet`: interest with each instalment, or all of it with the last',
    examples: ['each_period'],
  }),
  frequency: FrequencySchema,
  number_of_instalments: Type.Integer({
    minimum: 1,
    maximum: INSTALMENTS_MAX,
    title: 'Number of instalments',
    description: 'How many instalments there are, a down payment not counted',
    examples: [12],
  }),
  day_count: choiceOf(dayCounts, {
    title: 'Day count',
    description: 'How the days of a period become a part of the year',
    examples: ['30/360'],
  }),
  rounding: choiceOf(roundingModes, {
    title: 'Rounding',
    description: 'How amounts are rounded to the minor unit or to `instalment_multiple`',
    examples: ['half_even'],
  }),
  instalment_multiple: amountOf({
    title: 'Instalment multiple',
    description: 'Principal and interest of each instalment but the last are together a multiple of it',
    examples: ['500'],
  }),
  emi_smoothing: Type.Boolean({
    title: 'Smoothing',
    description: 'For `annuity` and `balloon`: the equal instalment moves so that the last one is near it',
    examples: [true],
  }),
  first_due_date: orNull(BookDateSchema, {
    title: 'First due date',
    description: 'Null: one period after the disbursement, or as many as `minimum_days_to_first_due` needs',
    examples: ['2026-03-01'],
  }),
  minimum_days_to_first_due: Type.Integer({
    minimum: 0,
    maximum: DAYS_TO_FIRST_DUE_MAX,
    title: 'Minimum days to the first due date',
    description:
      'How many days after the disbursement the first due date is at least, before a business day rule moves it',
    examples: [7],
  }),
  calendar: orNull(CalendarNameSchema, {
    title: 'Calendar',
    description: 'Holiday calendar of the due dates; null: no day is a holiday',
    examples: ['jakarta'],
  }),
  business_day_rule: choiceOf(businessDayRules, {
    title: 'Business day rule',
    description: 'Where a due date moves that is a closed day of `calendar`, which it needs',
    examples: ['following'],
  }),
  principal_grace: instalments({
    title: 'Principal grace',
    description: 'How many of the first instalments ask no principal; it is spread over the rest',
    examples: [3],
  }),
  interest_grace: instalments({
    title: 'Interest grace',
    description: 'How many of the first instalments ask no interest',
    examples: [1],
  }),
  interest_grace_treatment: choiceOf(['waived', 'carried'], {
    title: 'Interest grace treatment',
    description: 'Whether nobody owes that interest, or the first instalment after the grace asks for it',
    examples: ['waived'],
  }),
  down_payment_percent: orNull(percentSchema('somePart'), {
    title: 'Down payment',
    description: 'Percent of the principal that is due on the day of disbursement, above 0 and below 100',
    examples: ['20'],
  }),
  maximum_disbursements: Type.Integer({
    minimum: 1,
    maximum: DISBURSEMENTS_MAX,
    title: 'Maximum disbursements',
    description: 'How often money may be paid out',
    examples: [1],
  }),
  ...chargeFields,
};

/** What a request may give of the terms; the product says which of them. */
export const GivenTermsSchema = Type.Partial(
  Type.Object(givenFields({ ...terms, ...givenChargeFields }, snakeCased(defaultTerms))),
  {
    ...closed,
    title: 'Terms',
    description: 'Only what the product lets be given; without a product all that make a loan',
    examples: [{ number_of_instalments: 12 }],
  },
);

/** All terms of a loan. */
export const TermsSchema = Type.Object(terms, closed);
export type TermsJson = Static<typeof TermsSchema>;

export const ProductCodeSchema = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  title: 'Product code',
  description: 'Code of a product',
  examples: ['weekly-flat-50'],
});

const amount = (title: string, description: string) => ({ ...AmountSchema, title, description });

/** Instalments as a schedule shows them; amounts in the schedule's currency. */
export const plannedInstalment = {
  number: Type.Integer({ minimum: 1, title: 'Number', description: 'From 1, a down payment counted' }),
  due_date: { ...DateSchema, title: 'Due date', description: 'Where a business day rule has moved it to' },
  principal: amount('Principal', 'What it repays of the principal'),
  interest: amount('Interest', 'What it asks of interest'),
  fee: amount('Fee', 'What it asks of fees and of tax on fees and interest'),
  total: amount('Total', 'Principal, interest and fee together'),
  balance_after: amount('Balance', 'Principal that is still owed once it is paid'),
};
