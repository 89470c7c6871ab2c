import {
  AmountSchema,
  BookDateSchema,
  CurrencySchema,
  DateSchema,
  PositiveAmountSchema,
  PositiveMoneySchema,
} from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import { closed, orNull } from '../products/fields.schemas.ts';
import { VERSION_MAX } from '../products/products.schemas.ts';
import {
  DISBURSEMENTS_MAX,
  GivenTermsSchema,
  ProductCodeSchema,
  plannedInstalment,
  TermsSchema,
} from '../products/terms.schemas.ts';
import { noRateReasons } from '../schedules/apr.ts';

const OFFERS_MAX = 20;

const request = {
  product: Type.Optional(ProductCodeSchema),
  terms: Type.Optional(GivenTermsSchema),
  principal: {
    ...PositiveMoneySchema,
    title: 'Principal',
    description: 'What is asked for, before any fee',
    examples: [{ amount: '1000.00', currency: 'USD' }],
  },
  disbursed_on: Type.Optional({
    ...BookDateSchema,
    title: 'Disbursed on',
    description: 'The day on which the money is paid out; left out: today, or the days of disbursements',
  }),
  disbursements: Type.Optional(
    Type.Array(
      Type.Object(
        {
          on: { ...BookDateSchema, title: 'On', description: 'The day of this part' },
          amount: { ...PositiveAmountSchema, title: 'Amount', description: 'What of the principal is paid out then' },
        },
        { ...closed, title: 'Disbursement', description: 'A part of the principal and its day' },
      ),
      {
        minItems: 1,
        maxItems: DISBURSEMENTS_MAX,
        title: 'Disbursements',
        description: 'Paid out in parts, in the order of their days, beside no disbursed_on; they sum to the principal',
        examples: [
          [
            { on: '2026-01-01', amount: '600.00' },
            { on: '2026-03-01', amount: '400.00' },
          ],
        ],
      },
    ),
  ),
};
const QuoteRequestSchema = Type.Object(request, {
  ...closed,
  title: 'Offer',
  description: 'A product, terms, or both where the product lets terms be given',
});
export type QuoteRequest = Static<typeof QuoteRequestSchema>;

export const QuotesBodySchema = Type.Object(
  {
    ...request,
    principal: Type.Optional(request.principal),
    offers: Type.Optional(
      Type.Array(QuoteRequestSchema, {
        minItems: 1,
        maxItems: OFFERS_MAX,
        title: 'Offers',
        description: 'Several quotes at once, beside nothing else',
        examples: [
          [
            { product: 'weekly-flat-50', principal: { amount: '2000000.00', currency: 'IDR' } },
            { product: 'weekly-flat-50', principal: { amount: '3000000.00', currency: 'IDR' } },
          ],
        ],
      }),
    ),
  },
  closed,
);
export type QuotesBody = Static<typeof QuotesBodySchema>;

const rate = (title: string, description: string) =>
  orNull(Type.String({ pattern: '^\\d{1,13}\\.\\d{2}$' }), { title, description, examples: ['19.78'] });

/** Both annual percentage rates (docs/apr.md). */
export const AprSchema = Type.Object(
  {
    reg_z: rate('APR, Regulation Z', 'Percent by Regulation Z, Appendix J'),
    eu: rate('APR, European Union', 'Effective percent by the Consumer Credit Directive'),
    reason: orNull(Type.Enum([...noRateReasons]), {
      title: 'Reason',
      description: 'Why a rate is null: nothing is advanced, less is repaid than advanced, or it is above 10¹² percent',
    }),
  },
  { ...closed, title: 'APR', description: 'What the loan costs as annual percentage rates, every fee counted' },
);

const amount = (title: string, description: string) => ({ ...AmountSchema, title, description });

const AnsweredDisbursementSchema = Type.Object(
  {
    on: { ...DateSchema, title: 'On', description: 'The day of this part' },
    amount: amount('Amount', 'What was asked for'),
    paid_out: amount('Paid out', 'What the borrower receives of it: less the fees that are deducted'),
  },
  { ...closed, title: 'Disbursement', description: 'A part of the principal and its day' },
);

export const QuoteSchema = Type.Object(
  {
    product: orNull(ProductCodeSchema, {
      title: 'Product',
      description: 'Code of the product; null: the terms were given without one',
    }),
    product_version: orNull(Type.Integer({ minimum: 1, maximum: VERSION_MAX }), {
      title: 'Product version',
      description: 'The version that is valid on the day of the disbursement; null without a product',
    }),
    instalments: Type.Array(
      Type.Object(plannedInstalment, { ...closed, title: 'Instalment', description: 'What is to be paid on a day' }),
      { title: 'Instalments', description: 'The schedule, in the order of the due dates' },
    ),
    total_interest: amount('Total interest', 'Interest of all instalments'),
    total_fees: amount('Total fees', 'Fees and tax: deducted, financed and of the instalments'),
    total_cost: amount('Total cost', 'What is paid above what is received: interest, fees and tax'),
    total: amount('Total', 'All instalments'),
    currency: { ...CurrencySchema, title: 'Currency', description: 'ISO 4217 code of every amount' },
    principal: amount('Principal', 'What is owed: disbursed, and fees that are lent on top'),
    deducted_fees: amount('Deducted fees', 'Fees that are kept back from the money paid out'),
    financed_fees: amount('Financed fees', 'Fees that are lent on top of the money paid out'),
    net_disbursed: amount('Net disbursed', 'What the borrower receives in all'),
    apr: AprSchema,
    disbursed_on: orNull(DateSchema, {
      title: 'Disbursed on',
      description: 'The day on which the money is paid out, the first of several',
    }),
    disbursements: Type.Array(AnsweredDisbursementSchema, {
      title: 'Disbursements',
      description: 'The parts that are paid out in the order of their days, one where all is paid out at once',
    }),
    terms: {
      ...TermsSchema,
      title: 'Terms',
      description: 'All terms that the quote follows from, with their defaults',
    },
  },
  { ...closed, title: 'Quote', description: 'What a loan on these terms costs' },
);
export type QuoteJson = Static<typeof QuoteSchema>;

export const QuotesAnswerSchema = Type.Union([
  QuoteSchema,
  Type.Object(
    {
      offers: Type.Array(QuoteSchema, { title: 'Offers', description: 'In the order that they were asked for' }),
      cheapest: orNull(Type.Integer({ minimum: 0, maximum: OFFERS_MAX - 1 }), {
        title: 'Cheapest',
        description:
          'Position in `offers` of the lowest rate by Regulation Z, the first of several alike; null: none has one',
      }),
    },
    closed,
  ),
]);
