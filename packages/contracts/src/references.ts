import { type Static, type TSchema, Type } from 'typebox';
import { UuidSchema } from './dates.ts';
import { checkOf } from './validation.ts';

const closed = { additionalProperties: false } as const;
/** Things of one kind in one question. */
export const REFERENCES_MAX = 200;
const NAME_LENGTH_MAX = 200;

const listOf = <Item extends TSchema>(item: Item, description: string) =>
  Type.Optional(Type.Array(item, { maxItems: REFERENCES_MAX, description }));
const name = Type.String({ minLength: 1, maxLength: NAME_LENGTH_MAX });

/** What payment asks billing of customers and loans, whose plain external ids no event tells. */
export const ReferencesQuestionSchema = Type.Object(
  {
    profile: Type.String({ pattern: '^[a-z]{1,20}$', description: 'Whose whole numbers are meant' }),
    customers: listOf(name, 'External ids, or whole numbers where nothing has such an external id'),
    loans: listOf(name, 'The same of loans'),
    customer_ids: listOf(UuidSchema, 'Ids'),
    loan_ids: listOf(UuidSchema, 'Ids'),
  },
  closed,
);
export type ReferencesQuestion = Static<typeof ReferencesQuestionSchema>;

const reference = {
  id: UuidSchema,
  external_id: Type.Union([Type.String(), Type.Null()]),
  number: Type.Integer({ minimum: 1, description: 'In the profile' }),
  name: Type.Union([name, Type.Null()], { description: 'As it was asked for; null where its id was' }),
};
/** The known ones of what was asked for. */
export const ReferencesSchema = Type.Object(
  {
    customers: Type.Array(Type.Object(reference, closed)),
    loans: Type.Array(Type.Object({ ...reference, customer_id: UuidSchema }, closed)),
  },
  closed,
);
export type References = Static<typeof ReferencesSchema>;

/** Undefined when an answer is what billing promises. */
export const checkReferences = checkOf(() => ReferencesSchema);
