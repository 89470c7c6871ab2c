import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, type PageQuerySchema, type Refusal } from '@tenor/contracts';
import { isRefusal } from '@tenor/service-kit';
import type { FastifyRequest } from 'fastify';
import { type Static, type TSchema, Type } from 'typebox';
import { optional, readFields } from './fields.ts';
import { integer, text } from './values.ts';

const CURSOR_LENGTH_MAX = 512;

/** For the documentation of a list. */
export const ProfilePageQuerySchema = Type.Object({
  page_size: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_LIMIT_MAX,
      default: PAGE_LIMIT_DEFAULT,
      description: 'Members of a page',
    }),
  ),
  cursor: Type.Optional(Type.String({ description: 'As `next` of the page before has it' })),
});

/** A page as Django REST framework shows it where it pages by cursors; lists are read forward only. */
export const profilePageOf = <Item extends TSchema>(item: Item) =>
  Type.Object({
    next: Type.Union([Type.String(), Type.Null()], { description: 'Where the list goes on, below the same origin' }),
    previous: Type.Null(),
    results: Type.Array(item),
  });

export interface ProfilePage<Item> {
  readonly next: string | null;
  readonly previous: null;
  readonly results: Item[];
}

/** Reads the page that the query asks for; refuses `validation_failed` for what is no size or cursor. */
export async function profilePage<Row, Item>(
  request: FastifyRequest,
  read: (page: Static<typeof PageQuerySchema>) => Promise<{ data: Row[]; next_cursor: string | null } | Refusal>,
  present: (rows: readonly Row[]) => Promise<Item[] | Refusal>,
): Promise<ProfilePage<Item> | Refusal> {
  const asked = readFields(request.query, {
    page_size: optional(integer({ min: 1, max: PAGE_LIMIT_MAX }), PAGE_LIMIT_DEFAULT),
    cursor: optional(text({ max: CURSOR_LENGTH_MAX }), undefined),
  });
  if (isRefusal(asked)) return asked;
  const { page_size: limit, cursor } = asked;
  const page = await read({ limit, ...(cursor === undefined ? {} : { cursor }) });
  if (isRefusal(page)) return page;
  const results = await present(page.data);
  if (isRefusal(results)) return results;
  return { next: page.next_cursor && nextUrl(request, page.next_cursor), previous: null, results };
}

function nextUrl({ url }: FastifyRequest, cursor: string): string {
  const [path, query] = url.split('?', 2);
  const asked = new URLSearchParams(query);
  asked.set('cursor', cursor);
  return `${path}?${asked}`;
}
