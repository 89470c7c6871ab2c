import { BookDateSchema, CurrencySchema, InstantSchema, PageQuerySchema, pageOf, textSchema } from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import { choiceOf, closed, orNull } from './fields.schemas.ts';
import { givenPolicyFields, policyFields } from './policy.schemas.ts';
import { GivenTermsSchema, ProductCodeSchema, TermsSchema } from './terms.schemas.ts';

const NAME_LENGTH_MAX = 200;
export const VERSION_MAX = 1_000_000;

type TermName = keyof typeof TermsSchema.properties;
const termNames = Object.keys(TermsSchema.properties) as TermName[];

const VersionSchema = Type.Integer({
  minimum: 1,
  maximum: VERSION_MAX,
  title: 'Version',
  description: 'A loan keeps the version that it was opened with',
  examples: [1],
});

export const ProductParamsSchema = Type.Object({ code: ProductCodeSchema }, closed);
export const ProductListQuerySchema = PageQuerySchema;
export const ProductVersionQuerySchema = Type.Object(
  { version: Type.Optional({ ...VersionSchema, description: 'Left out: the newest' }) },
  closed,
);

const name = {
  ...textSchema(NAME_LENGTH_MAX, 'What people call the product'),
  title: 'Name',
  examples: ['Twelve months at ten per cent'],
};
const currency = { ...CurrencySchema, title: 'Currency' };
const validity = (title: string, which: string) =>
  orNull(BookDateSchema, {
    title,
    description: `${which} date that a loan of this version may have; null: open`,
    examples: ['2026-01-01'],
  });
const dates = { valid_from: validity('Valid from', 'First'), valid_to: validity('Valid to', 'Last') };
const overridable = Type.Array(choiceOf(termNames), {
  uniqueItems: true,
  maxItems: termNames.length,
  title: 'Left to the loan',
  description: 'Terms that a loan may give itself, within the bounds',
  examples: [['number_of_instalments']],
});

/** What makes a version of a product. */
export const NewProductSchema = Type.Object(
  {
    code: { ...ProductCodeSchema, description: 'A known code gets its next version', examples: ['twelve-months'] },
    name,
    currency,
    valid_from: Type.Optional({ ...dates.valid_from, default: null }),
    valid_to: Type.Optional({ ...dates.valid_to, default: null }),
    terms: {
      ...GivenTermsSchema,
      description: 'What the product says of the terms; the rest has its default or is left to the loan',
      examples: [
        {
          interest_method: 'annuity',
          annual_rate_percent: '10.5',
          frequency: { every: 1, unit: 'month' },
          number_of_instalments: 12,
        },
      ],
    },
    overridable: Type.Optional({ ...overridable, default: [] }),
    ...givenPolicyFields,
  },
  { ...closed, title: 'Product', description: 'The first version of a code, or its next' },
);
export type NewProduct = Static<typeof NewProductSchema>;

export const ProductSchema = Type.Object(
  {
    code: ProductCodeSchema,
    version: VersionSchema,
    name,
    currency,
    ...dates,
    terms: Type.Partial(TermsSchema, closed),
    overridable,
    ...policyFields,
    created_at: { ...InstantSchema, description: 'When this version was stored' },
    created_by: orNull(Type.String(), {
      title: 'Created by',
      description: 'The caller who stored this version; null: it came with the installation',
    }),
  },
  closed,
);
export type ProductJson = Static<typeof ProductSchema>;
export const ProductPageSchema = pageOf(ProductSchema);
