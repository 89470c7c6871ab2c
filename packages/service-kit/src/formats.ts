import type { Readable } from 'node:stream';
import type { Refusal } from '@tenor/contracts';
import type { FastifyReply } from 'fastify';
import { type TSchema, Type } from 'typebox';

/** What an answer may be written in, by the name that `?format=` takes. */
const mediaTypes = {
  json: { type: 'application/json', header: 'application/json; charset=utf-8' },
  csv: { type: 'text/csv', header: 'text/csv; charset=utf-8; header=present' },
  pdf: { type: 'application/pdf', header: 'application/pdf' },
} as const;

export type Format = keyof typeof mediaTypes;

const formatNote = 'csv, json or pdf where the route offers it; goes before the Accept header';

/** The query of a route that answers in several formats. What is well formed but not offered is 406, not 400. */
export const formatQuery = {
  format: Type.Optional(Type.String({ pattern: '^[a-z]{1,10}$', description: formatNote, examples: ['pdf'] })),
};

/** One answer's schema by content type: JSON by its own, other formats as text or bytes. */
export function answerIn(json: TSchema, others: readonly Exclude<Format, 'json'>[], description: string) {
  const written = (format: Format) => [mediaTypes[format].type, { schema: textOf(format) }] as const;
  const content = { [mediaTypes.json.type]: { schema: json }, ...Object.fromEntries(others.map(written)) };
  return { description, content };
}

const textOf = (format: Format): TSchema => (format === 'pdf' ? Type.String({ format: 'binary' }) : Type.String());

/**
 * The format to answer in: the one that `?format=` names, else what `Accept` likes best (RFC 9110), the first one offered
 * where it likes several alike or says nothing. Refuses `not_acceptable` when none of them is offered.
 */
export function formatFor<Offered extends Format>(
  { headers: { accept }, query }: { headers: { accept?: string | undefined }; query: { format?: string | undefined } },
  offered: readonly [Offered, ...Offered[]],
): Offered | Refusal {
  if (query.format !== undefined) return offered.find((format) => format === query.format) ?? notAcceptable(offered);
  if (accept === undefined || accept.trim() === '') return offered[0];
  const ranges = rangesOf(accept);
  const liked = offered.map((format) => ({ format, weight: weightOf(mediaTypes[format].type, ranges) }));
  const best = liked.reduce((one, other) => (other.weight > one.weight ? other : one));
  return best.weight > 0 ? best.format : notAcceptable(offered);
}

/** The same, and tells caches that the answer depends on what was liked. */
export function answerFormat<Offered extends Format>(
  request: Parameters<typeof formatFor>[0],
  reply: Pick<FastifyReply, 'header'>,
  offered: readonly [Offered, ...Offered[]],
): Offered | Refusal {
  reply.header('vary', 'accept');
  return formatFor(request, offered);
}

/** Sends a document under a name to save it by; the name is the route's own, never a client's text. */
export function sendDocument(
  reply: FastifyReply,
  format: Exclude<Format, 'json'>,
  name: string,
  content: string | Buffer | Readable,
): FastifyReply {
  return reply
    .type(mediaTypes[format].header)
    .header('content-disposition', `attachment; filename="${name}.${format}"`)
    .send(content);
}

/** A range of media types as `Accept` lists them: `text/*;q=0.5`. */
interface MediaRange {
  readonly type: string;
  readonly weight: number;
}

function rangesOf(accept: string): MediaRange[] {
  return accept.split(',').map((listed) => {
    const [type = '', ...parameters] = listed.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    return { type, weight: /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0 };
  });
}

/** The weight of the range that fits most closely; 0 where none does. */
function weightOf(type: string, ranges: readonly MediaRange[]): number {
  const [family] = type.split('/');
  const fitting = [type, `${family}/*`, '*/*'].map((wanted) => ranges.find((range) => range.type === wanted));
  return fitting.find((range) => range !== undefined)?.weight ?? 0;
}

function notAcceptable(offered: readonly Format[]): Refusal {
  const types = offered.map((format) => mediaTypes[format].type);
  return {
    refused: 'not_acceptable',
    detail: `This is answered as ${types.join(', ')}.`,
    meta: { offered: types },
  };
}
