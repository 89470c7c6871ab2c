import multipart from '@fastify/multipart';
import { ProblemError, validationFailed } from '@tenor/service-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';

const utf8 = new TextDecoder('utf-8', { fatal: true });
const FIELDS_MAX = 100;
const FIELD_BYTES_MAX = 10_000;
/** Of a file, and of a JSON array in its place. */
export const FILE_BYTES_MAX = 67_108_864;
const ITEMS_BYTES_MAX = 8_388_608;

/** JSON whose numbers are the text that they were sent as, so that no amount passes through a float. Throws a SyntaxError. */
export function exactJson(text: string): unknown {
  return JSON.parse(text, (_name, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' ? (context?.source ?? String(value)) : value,
  );
}

/** Takes JSON, an empty body, and both kinds of forms; what a form repeats counts as it stands last. */
export async function takeAnyBody(scope: FastifyInstance): Promise<void> {
  takeExactJson(scope);
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

/** Takes JSON as above, and files: CSV as it is, or any file by a form. `sentFile` reads them. */
export async function takeFiles(scope: FastifyInstance): Promise<void> {
  takeExactJson(scope, ITEMS_BYTES_MAX);
  // Read by the handler as it comes.
  scope.addContentTypeParser('text/csv', (_request, _payload, done) => done(null, undefined));
  await scope.register(multipart, {
    limits: { files: 1, fields: FIELDS_MAX, fieldSize: FIELD_BYTES_MAX, fileSize: FILE_BYTES_MAX },
    throwFileSizeLimit: false,
  });
}

/** A file on its way in, to be read once. */
export interface SentFile {
  /** As the form calls it; empty without a form. */
  readonly name: string;
  readonly chunks: AsyncIterable<Buffer>;
}

/** The file that a request brings by itself or by a form; undefined for any other body. Throws a ProblemError for a form without one. */
export async function sentFile(request: FastifyRequest): Promise<SentFile | undefined> {
  if (/^text\/csv\b/i.test(request.headers['content-type'] ?? '')) return { name: '', chunks: request.raw };
  if (!request.isMultipart()) return undefined;
  const file = await request.file().catch(() => {
    throw new ProblemError({ refused: 'malformed_request', detail: 'The form cannot be read to its end.' });
  });
  if (file === undefined) {
    throw new ProblemError(
      validationFailed([{ pointer: '/file', code: 'required', message: 'No file was submitted.' }]),
    );
  }
  return { name: file.filename, chunks: whole(file.file) };
}

/** What the parser throws is the form's fault: it breaks off, or its file is too long. */
async function* whole(chunks: AsyncIterable<Buffer> & { readonly truncated: boolean }): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch {
    throw new ProblemError({ refused: 'malformed_request', detail: 'The form cannot be read to its end.' });
  }
  if (chunks.truncated) {
    throw new ProblemError({ refused: 'body_too_large', detail: `The file has more than ${FILE_BYTES_MAX} bytes.` });
  }
}

function takeExactJson(scope: FastifyInstance, bytesMax?: number): void {
  const options = { parseAs: 'buffer', ...(bytesMax === undefined ? {} : { bodyLimit: bytesMax }) } as const;
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<Buffer>('application/json', options, (_request, bytes, done) => {
    try {
      done(null, bytes.length === 0 ? {} : exactJson(utf8.decode(bytes)));
    } catch {
      done(new ProblemError({ refused: 'malformed_json', detail: 'The body is not valid JSON.' }));
    }
  });
}
