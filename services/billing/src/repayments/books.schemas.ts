import { BookCursorSchema, BookDateSchema, PageQuerySchema } from '@tenor/contracts';
import { Type } from 'typebox';

const IDS_MAX = 100;
const uuid = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';

export const BookQuerySchema = Type.Object(
  {
    limit: PageQuerySchema.properties.limit,
    cursor: Type.Optional(BookCursorSchema),
    date: Type.Optional({ ...BookDateSchema, description: 'The value date' }),
    from: Type.Optional({ ...BookDateSchema, description: 'The first value date' }),
    to: Type.Optional({ ...BookDateSchema, description: 'The last value date' }),
    ids: Type.Optional(
      Type.String({
        pattern: `^${uuid}(?:,${uuid}){0,${IDS_MAX - 1}}$`,
        description: `Instead of dates: at most ${IDS_MAX} ids, separated by commas`,
      }),
    ),
  },
  { additionalProperties: false },
);
