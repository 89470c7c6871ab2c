import type { FastifyRequest } from 'fastify';
import { numberedPage } from '../src/index.ts';

const members = Array.from({ length: 21 }, (_, index) => index);
const list = {
  size: 10,
  count: async () => members.length,
  read: async ({ offset, limit }: { offset: number; limit: number }) => members.slice(offset, offset + limit),
};
const ask = (url: string, headers: Record<string, string> = {}, of = list) =>
  numberedPage(
    { url, headers, query: Object.fromEntries(new URL(url, 'http://x').searchParams) } as unknown as FastifyRequest,
    of,
  );

test('a list is read page by page, by whole addresses', async () => {
  const headers = { host: 'inside:8080', 'x-forwarded-host': 'api.example:8443', 'x-forwarded-proto': 'https' };
  expect(await ask('/toy/things/?q=a', headers)).toEqual({
    count: 21,
    next: 'https://api.example:8443/toy/things/?q=a&page=2',
    previous: null,
    results: members.slice(0, 10),
  });
  expect(await ask('/toy/things/?q=a&page=2', headers)).toMatchObject({
    next: 'https://api.example:8443/toy/things/?q=a&page=3',
    previous: 'https://api.example:8443/toy/things/?q=a',
  });
  expect(await ask('/toy/things/?page=last', { host: 'localhost:8000' })).toEqual({
    count: 21,
    next: null,
    previous: 'http://localhost:8000/toy/things/?page=2',
    results: [20],
  });
});

test('an empty list has one page', async () => {
  const empty = { ...list, count: async () => 0 };
  expect(await ask('/toy/things/', {}, empty)).toMatchObject({ count: 0, next: null, previous: null });
  expect(await ask('/toy/things/?page=2', {}, empty)).toBeUndefined();
});

test.each(['0', '-1', '4', '1.5', 'x', ''])('there is no page "%s"', async (page) => {
  expect(await ask(`/toy/things/?page=${page}`)).toBeUndefined();
});

test('a host that is none is not repeated', async () => {
  const { next } = (await ask('/toy/things/', { host: 'a/"><script>' })) ?? {};
  expect(next).toBe('/toy/things/?page=2');
});
