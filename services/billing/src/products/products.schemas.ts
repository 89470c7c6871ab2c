import { AmountSchema, CurrencySchema, PageQuerySchema, pageOf } from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import { GivenTermsSchema, ProductCodeSchema } from './terms.schemas.ts';

const bounds = <T extends typeof AmountSchema | ReturnType<typeof Type.Integer>>(schema: T, description: string) =>
  Type.Union([Type.Object({ min: schema, max: schema }, { additionalProperties: false }), Type.Null()], {
    description,
  });

export const ProductParamsSchema = Type.Object({ code: ProductCodeSchema }, { additionalProperties: false });
export const ProductListQuerySchema = PageQuerySchema;

export const ProductSchema = Type.Object(
  {
    code: ProductCodeSchema,
    version: Type.Integer({ minimum: 1, description: 'A loan keeps the version that it was opened with' }),
    name: Type.String(),
    currency: CurrencySchema,
    terms: GivenTermsSchema,
    overridable: Type.Array(Type.String(), { description: 'Terms that a loan may give itself' }),
    payment_policy: Type.Enum(['exact', 'partial', 'any']),
    overpayment: Type.Enum(['credit', 'reject']),
    delinquency: Type.Object(
      {
        consecutive_missed: Type.Integer(),
        max_days_past_due: Type.Integer(),
        tolerance: AmountSchema,
        grace_days: Type.Integer(),
      },
      { additionalProperties: false },
    ),
    accrual: Type.Enum(['cash']),
    auto_approve: Type.Boolean(),
    time_zone: Type.Union([Type.String(), Type.Null()], { description: "null: the installation's" }),
    requires_score: Type.Boolean(),
    principal_bounds: bounds(AmountSchema, 'What the product lends'),
    tenor_bounds: bounds(Type.Integer(), 'In instalments'),
  },
  { additionalProperties: false },
);
export type ProductJson = Static<typeof ProductSchema>;
export const ProductPageSchema = pageOf(ProductSchema);
