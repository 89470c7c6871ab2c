import { PositiveAmountSchema } from '@tenor/contracts';
import { type TSchema, Type } from 'typebox';
import { choiceOf, closed, givenObject, orNull, percentSchema } from './fields.schemas.ts';
import { snakeCased } from './json-names.ts';
import { defaultFee, defaultTax } from './terms.ts';

const FEES_MAX = 20;

const fee = {
  code: Type.String({
    pattern: '^[a-z0-9][a-z0-9_-]{0,62}$',
    title: 'Code',
    description: 'Unique among the fees of the terms',
    examples: ['origination'],
  }),
  charged: choiceOf(['at_disbursement', 'per_instalment', 'on_event'], {
    title: 'Charged',
    description: 'When the money is paid out, with each instalment, or on an event: when a charge of its code says so',
    examples: ['at_disbursement'],
  }),
  amount: orNull(PositiveAmountSchema, {
    title: 'Amount',
    description: 'In the currency of the loan; null where `percent` is given',
    examples: ['25.00'],
  }),
  percent: orNull(percentSchema('somePart'), {
    title: 'Percent',
    description: 'Percent of the principal, above 0 and below 100; null where `amount` is given',
    examples: ['1.5'],
  }),
  treatment: orNull(choiceOf(['deducted', 'financed']), {
    title: 'Treatment',
    description: 'Of a fee at disbursement, and needed by it: kept back from the money paid out, or lent on top of it',
    examples: ['deducted'],
  }),
};
const feeTold = { title: 'Fee', description: 'What a borrower pays besides interest' };
const feesOf = <Fee extends TSchema>(each: Fee) =>
  Type.Array(each, {
    maxItems: FEES_MAX,
    title: 'Fees',
    description: 'What is paid besides interest',
    examples: [
      [{ code: 'origination', charged: 'at_disbursement', amount: null, percent: '1.5', treatment: 'deducted' }],
    ],
  });

const taxOn = (what: string) =>
  percentSchema('part', {
    title: `On ${what}`,
    description: `Percent of the ${what}, from 0 to below 100`,
    examples: ['18'],
  });
const tax = {
  interest_percent: taxOn('interest'),
  fee_percent: taxOn('fees'),
  penalty_percent: taxOn('penalties'),
};
const taxTold = {
  title: 'Tax',
  description: 'Taxes that an instalment asks for as a part of its fee; null: none',
  examples: [{ interest_percent: '18', fee_percent: '18', penalty_percent: '0' }],
};

/** Fees and taxes of terms, as an answer shows them. */
export const chargeFields = {
  fees: feesOf(Type.Object(fee, { ...closed, ...feeTold })),
  tax: orNull(Type.Object(tax, closed), taxTold),
};

/** The same as a request gives them: a part of a fee or tax may be left out. */
export const givenChargeFields = {
  fees: feesOf(givenObject(fee, defaultFee, feeTold)),
  tax: orNull(givenObject(tax, snakeCased(defaultTax), taxTold), taxTold),
};
