import type { Refusal } from '@tenor/contracts';

/** Of the path with its query; Node reads 16 KiB of a head, and headers have to fit beside it. */
export const URL_LENGTH_MAX = 8 * 1024;
export const QUERY_LENGTH_MAX = 4 * 1024;

/** Why a request's target is longer than is taken here, in characters; undefined when it is not. */
export function urlFault(url: string): Refusal | undefined {
  if (url.length <= QUERY_LENGTH_MAX) return undefined;
  if (url.length > URL_LENGTH_MAX) {
    return { refused: 'uri_too_long', detail: `The URL has more than ${URL_LENGTH_MAX} characters.` };
  }
  const start = url.indexOf('?');
  const isLong = start !== -1 && url.length - start - 1 > QUERY_LENGTH_MAX;
  return isLong
    ? { refused: 'query_too_long', detail: `The query has more than ${QUERY_LENGTH_MAX} characters.` }
    : undefined;
}
