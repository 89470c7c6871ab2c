import { type TSchema, Type } from 'typebox';

export const PAGE_LIMIT_MAX = 200;
export const PAGE_LIMIT_DEFAULT = 50;
export const CURSOR_LENGTH_MAX = 512;

/** Where a list goes on, as its page before said. */
export const PageCursorSchema = Type.String({
  pattern: '^[A-Za-z0-9_-]+$',
  maxLength: CURSOR_LENGTH_MAX,
  description: '`next_cursor` of the page before',
});

const pageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: PAGE_LIMIT_MAX, default: PAGE_LIMIT_DEFAULT }),
  cursor: Type.Optional(PageCursorSchema),
};

/** Query of a list. Spread `PageQuerySchema.properties` beside a route's own filters. */
export const PageQuerySchema = Type.Object(pageQuery, { additionalProperties: false });

/** Answer of a list: the items and where to go on, null on the last page. */
export function pageOf<T extends TSchema>(item: T) {
  return Type.Object(
    {
      data: Type.Array(item, { maxItems: PAGE_LIMIT_MAX }),
      next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'null on the last page' }),
    },
    { additionalProperties: false },
  );
}
