import multipart from '@fastify/multipart';
import { ProblemError } from '@tenor/service-kit';
import type { FastifyInstance } from 'fastify';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const FIELDS_MAX = 100;
const FIELD_BYTES_MAX = 10_000;

/** JSON whose numbers are the text that they were sent as, so that no amount passes through a float. Throws a SyntaxError. */
export function exactJson(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value,
  );
}

/** Takes JSON, an empty body, and both kinds of forms; what a form repeats counts as it stands last. */
export async function takeAnyBody(scope: FastifyInstance): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, bytes, done) => {
    try {
      done(null, bytes.length === 0 ? {} : exactJson(utf8.decode(bytes)));
    } catch {
      done(new ProblemError({ refused: 'malformed_json', detail: 'The body is not valid JSON.' }));
    }
  });
  scope.addContentTypeParser<string>(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body))),
  );
  await scope.register(multipart, {
    attachFieldsToBody: 'keyValues',
    limits: { files: 0, fields: FIELDS_MAX, fieldSize: FIELD_BYTES_MAX },
  });
}
