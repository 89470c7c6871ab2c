import {
  PROBLEM_CONTENT_TYPE,
  type Problem,
  problems,
  problemType,
  type Refusal,
  statusOfProblem,
} from '@tenor/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** The wait that a 503 asks for. */
const RETRY_AFTER_S = 1;

const unexpected: Refusal = {
  refused: 'internal_error',
  detail: 'An unexpected error; the log has it under this request_id.',
};
const unreadable: Refusal = { refused: 'malformed_request', detail: 'The request cannot be read.' };

/** What the framework and Node's client refuse by throwing, in the words of the catalogue. */
const thrownRefusals: Readonly<Record<string, Refusal>> = {
  FST_ERR_BAD_URL: { refused: 'malformed_request', detail: 'The URL is not well-formed.' },
  FST_ERR_MAX_PARAM_LENGTH: { refused: 'uri_too_long', detail: 'A path parameter is too long.' },
  // No file of the documentation's pages: a name too long or with a dot in front.
  FST_STATIC_FORBIDDEN_PATH: { refused: 'not_found', detail: 'No service answers this path.' },
  ERR_UNESCAPED_CHARACTERS: { refused: 'malformed_request', detail: 'The URL is not percent-encoded.' },
  ERR_INVALID_CHAR: { refused: 'malformed_request', detail: 'A header has a character that none may have.' },
};

/** What of a request a problem repeats. */
export interface ProblemSubject {
  readonly id: string;
  readonly url: string;
}

/** A refusal as the services answer it: RFC 9457 body, and the headers that its status asks for. */
export function problemOf(
  { refused, detail }: Refusal,
  { id, url }: ProblemSubject,
): { status: number; headers: Record<string, string>; body: Problem } {
  const status = statusOfProblem(refused);
  const body: Problem = {
    type: problemType(refused),
    title: problems[refused].title,
    status,
    detail,
    instance: url.split('?', 1)[0] ?? '',
    code: refused,
    request_id: id,
  };
  const retry: Record<string, string> = status === 503 ? { 'retry-after': String(RETRY_AFTER_S) } : {};
  return { status, headers: { ...retry, 'x-request-id': id }, body };
}

/** Answers a refusal in the gateway's own name. */
export function replyProblem(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { status, headers, body } = problemOf(refusal, reply.request);
  return reply.code(status).headers(headers).type(PROBLEM_CONTENT_TYPE).serializer(JSON.stringify).send(body);
}

/** The one place where a thrown error becomes an answer: only a bug is logged as an error, with its stack. */
export function replyError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (refusal.refused === 'internal_error') request.log.error({ err: error }, 'request failed unexpectedly');
  return replyProblem(reply, refusal);
}

function refusalOf(error: unknown): Refusal {
  if (typeof error !== 'object' || error === null) return unexpected;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = thrownRefusals[code];
  if (known !== undefined) return known;
  return 'statusCode' in error && error.statusCode === 400 ? unreadable : unexpected;
}
