import { ExternalIdSchema } from '@tenor/contracts';
import { type TObject, Type } from 'typebox';
import { orNull } from '../customers/customers.schemas.ts';
import { textFields, transactionFields } from './transaction-fields.ts';

export const CustomerNumberParamsSchema = Type.Object(
  { customerNumber: { ...ExternalIdSchema, description: "The customer's external_id" } },
  { additionalProperties: false },
);

const texts: ReadonlySet<string> = new Set(textFields);

/** Core banking's own names, odd spellings included. */
export const TransactionsSchema = Type.Array(
  Type.Object(
    Object.fromEntries(
      transactionFields.map((name) => [name, orNull(texts.has(name) ? Type.String() : Type.Number())]),
    ),
    { additionalProperties: false },
  ) as TObject,
  { description: 'Numbers have every digit that core banking gave them' },
);
