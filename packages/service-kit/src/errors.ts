import type { FieldError, Problem, ProblemClass, ProblemCode, Refusal } from '@tenor/contracts';
import { problemStatus, problems, problemType } from '@tenor/contracts';
import { isEnvironmentFault } from './environment-fault.ts';
import { fieldErrors, type SchemaFault } from './validation.ts';

export { isEnvironmentFault } from './environment-fault.ts';

/** The wait that a 429 or 503 asks for when its refusal does not say (`meta.retry_after_seconds`). */
const RETRY_AFTER_SECONDS = 1;

/** A refusal thrown where returning it is impossible, such as in a hook. */
export class ProblemError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.detail);
    this.name = 'ProblemError';
    this.refusal = refusal;
  }
}

/** A refusal as a value, typed where a handler's own literal would widen: `return refuse('not_found', 'No such loan.')`. */
export function refuse(refused: ProblemCode, detail: string, meta?: Refusal['meta']): Refusal {
  return meta === undefined ? { refused, detail } : { refused, detail, meta };
}

export function isRefusal(value: unknown): value is Refusal {
  if (typeof value !== 'object' || value === null || !('refused' in value)) return false;
  return typeof value.refused === 'string' && Object.hasOwn(problems, value.refused);
}

export function statusOf(problemClass: ProblemClass): number {
  return problemStatus[problemClass];
}

/** `validation_failed` with its list; what a route answers to faults that no schema can see. */
export function validationFailed(errors: readonly FieldError[]): Refusal {
  const where = errors.map(({ pointer, message }) => `${pointer === '' ? 'the body' : pointer} ${message}`);
  const detail = where.length > 3 ? `${where.slice(0, 3).join('; ')}; and ${where.length - 3} more` : where.join('; ');
  return { refused: 'validation_failed', detail, meta: { errors } };
}

const unexpected: Refusal = {
  refused: 'internal_error',
  detail: 'An unexpected error; the log has it under this request_id.',
};
const databaseGone: Refusal = { refused: 'database_unavailable', detail: 'The database did not answer; try again.' };

/** What the framework throws, by its code, in the words of the catalogue. */
const frameworkRefusals: Record<string, Refusal> = {
  FST_ERR_CTP_INVALID_JSON_BODY: { refused: 'malformed_json', detail: 'The body is not valid JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { refused: 'malformed_json', detail: 'The body is empty.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    refused: 'unsupported_media_type',
    detail: 'The body must be sent with a Content-Type that this route takes, most often application/json.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: { refused: 'body_too_large', detail: 'The body has more bytes than this route takes.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    refused: 'malformed_request',
    detail: 'The body is not as long as Content-Length says.',
  },
  FST_ERR_BAD_URL: { refused: 'malformed_request', detail: 'The URL is not well-formed.' },
  FST_ERR_MAX_PARAM_LENGTH: { refused: 'uri_too_long', detail: 'A path parameter is too long.' },
  // No file of the documentation's pages: a name too long or with a dot in front.
  FST_STATIC_FORBIDDEN_PATH: { refused: 'not_found', detail: 'Nothing is at this path.' },
  ERR_HTTP_REQUEST_TIMEOUT: { refused: 'request_timeout', detail: 'The request took too long to arrive.' },
};

interface SchemaFailure {
  readonly validation: readonly SchemaFault[];
  readonly validationContext?: string;
}

function isSchemaFailure(error: object): error is SchemaFailure {
  return 'validation' in error && Array.isArray(error.validation);
}

/** The refusal that answers a thrown error. `internal_error` is the only one that tells of a bug. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof ProblemError) return error.refusal;
  if (typeof error !== 'object' || error === null) return unexpected;
  if (isSchemaFailure(error)) return validationFailed(fieldErrors(error.validation, error.validationContext));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = frameworkRefusals[code];
  if (known !== undefined) return known;
  // The framework's mark on what went wrong while the body was read, a client that hung up for one.
  const isBodyFault = 'statusCode' in error && error.statusCode === 400;
  if (isBodyFault) return { refused: 'malformed_request', detail: 'The body cannot be read.' };
  return isEnvironmentFault(error) ? databaseGone : unexpected;
}

/** What of a request a problem repeats. */
export interface ProblemSubject {
  readonly id: string;
  readonly url: string;
}

/** A refusal as an HTTP answer: RFC 9457 body and the headers that its status asks for. */
export function problemOf(
  refusal: Refusal,
  request: ProblemSubject,
): { status: number; headers: Record<string, string>; body: Problem } {
  const { class: problemClass, title } = problems[refusal.refused];
  const status = statusOf(problemClass);
  const { errors, retry_after_seconds: retryAfter, headers, ...meta } = refusal.meta ?? {};
  const body: Problem = {
    type: problemType(refusal.refused),
    title,
    status,
    detail: refusal.detail,
    instance: request.url.split('?', 1)[0] ?? '',
    code: refusal.refused satisfies ProblemCode,
    request_id: request.id,
    ...(Array.isArray(errors) ? { errors: errors as FieldError[] } : {}),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
  };
  const isTemporary = status === 503 || status === 429;
  return {
    status,
    headers: {
      ...(headers as Record<string, string> | undefined),
      ...(isTemporary ? { 'retry-after': String(retryAfter ?? RETRY_AFTER_SECONDS) } : {}),
    },
    body,
  };
}
