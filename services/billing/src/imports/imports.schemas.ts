import { DateSchema } from '@tenor/contracts';
import { Type } from 'typebox';

export const ImportFormSchema = Type.Object(
  {
    file: Type.String({ format: 'binary', description: 'A workbook (.xlsx; its first sheet) or CSV in UTF-8' }),
    kind: Type.String({ description: 'What a row is: `customers` or `loans`' }),
    as_of: Type.Optional({ ...DateSchema, description: 'The day whose state the file tells; left out: today' }),
    currency: Type.Optional(
      Type.String({ pattern: '^[A-Z]{3}$', description: 'Of all amounts; left out: `IMPORT_CURRENCY`' }),
    ),
  },
  { additionalProperties: false },
);
