import type { FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { wholeNumber } from './values.ts';

/** For the documentation of a list. */
export const PageNumberQuerySchema = Type.Object({
  page: Type.Optional(Type.String({ description: 'From 1, or `last`' })),
});
/** What a page that is not there is answered with, as 404. */
export const NoPageSchema = Type.Object({ detail: Type.String() });
export const noPage = { detail: 'Invalid page.' };

const link = Type.Union([Type.String(), Type.Null()]);

/** A page as Django REST framework shows it where it counts pages. */
export const numberedPageOf = <Item extends TSchema>(item: Item) =>
  Type.Object({ count: Type.Integer(), next: link, previous: link, results: Type.Array(item) });

export interface NumberedPage<Item> {
  /** Of all pages together. */
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Item[];
}

/** A list that is paged by numbers, in an order in which new members come last. */
export interface NumberedList<Item> {
  /** Members of a page. */
  readonly size: number;
  readonly count: () => Promise<number>;
  readonly read: (page: { readonly offset: number; readonly limit: number }) => Promise<readonly Item[]>;
}

/** The page that `?page=` asks for, the first one without it; undefined for one that is not there. */
export async function numberedPage<Item>(
  request: FastifyRequest,
  { size, count: countAll, read }: NumberedList<Item>,
): Promise<NumberedPage<Item> | undefined> {
  const { page: said = '1' } = request.query as { page?: unknown };
  const count = await countAll();
  const last = Math.max(1, Math.ceil(count / size));
  const page = said === 'last' ? last : wholeNumber(String(said));
  if (page === undefined || page > last) return undefined;
  return {
    count,
    next: page < last ? linkTo(request, page + 1) : null,
    previous: page > 1 ? linkTo(request, page - 1) : null,
    results: await read({ offset: (page - 1) * size, limit: size }),
  };
}

const hostForm = /^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/;

/** The whole address, as clients of such pages follow it as it stands; by the host that the client asked. */
function linkTo({ url, headers }: FastifyRequest, page: number): string {
  const [path = '', query] = url.split('?', 2);
  const asked = new URLSearchParams(query);
  if (page === 1) asked.delete('page');
  else asked.set('page', String(page));
  const host = firstOf(headers['x-forwarded-host']) ?? headers.host ?? '';
  const scheme = firstOf(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http';
  const origin = hostForm.test(host) ? `${scheme}://${host}` : '';
  return `${origin}${path}${asked.size === 0 ? '' : `?${asked}`}`;
}

/** What the proxy nearest to the client has said. */
const firstOf = (header: string | string[] | undefined): string | undefined =>
  [header].flat()[0]?.split(',')[0]?.trim();
