import { type Static, Type } from 'typebox';
import type { ProblemCode } from './problem-codes.ts';

/** The HTTP status of each class of problem: the only place where the two meet. */
export const problemStatus = {
  validation: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  request_timeout: 408,
  conflict: 409,
  body_too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  unprocessable: 422,
  rate_limited: 429,
  headers_too_large: 431,
  internal: 500,
  unavailable: 503,
} as const;

export type ProblemClass = keyof typeof problemStatus;

/** What the catalogue says about one code. */
export interface ProblemEntry {
  readonly class: ProblemClass;
  /** Short and the same for every occurrence (RFC 9457 `title`). */
  readonly title: string;
  /** When this is answered, in a sentence for `docs/errors.md`. */
  readonly explanation: string;
  /** What the client should do about it, in a sentence. */
  readonly remedy: string;
}

/**
 * An expected "no": returned, never thrown. `detail` is for the client's developer and names nothing internal;
 * `meta` holds figures that help (for `payment_not_exact` the amounts that would do).
 */
export interface Refusal {
  readonly refused: ProblemCode;
  readonly detail: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

const FieldErrorSchema = Type.Object(
  {
    pointer: Type.String({ description: 'JSON pointer (RFC 6901) to the offending value; empty for the whole' }),
    code: Type.String({ description: 'The rule that was broken, such as `required` or `pattern`' }),
    message: Type.String(),
  },
  { additionalProperties: false },
);

/** RFC 9457 `application/problem+json`, the body of every answer that is not a success. */
export const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'URN of the problem, one per code' }),
    title: Type.String({ description: 'The same for every occurrence of the code' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'What went wrong this time' }),
    instance: Type.Optional(Type.String({ description: 'Path of the request' })),
    code: Type.String({ description: 'Stable, for programs; see docs/errors.md' }),
    request_id: Type.Optional(Type.String({ description: 'As in the `x-request-id` header' })),
    errors: Type.Optional(Type.Array(FieldErrorSchema)),
    meta: Type.Optional(
      Type.Unsafe<Readonly<Record<string, unknown>>>({
        type: 'object',
        additionalProperties: true,
        description: 'Figures that help to put it right',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Problem = Static<typeof ProblemSchema>;
export type FieldError = Static<typeof FieldErrorSchema>;

export const PROBLEM_CONTENT_TYPE = 'application/problem+json';

/** The `type` member of a problem: a URN, since one deployment has no host name to promise. */
export function problemType(code: ProblemCode): string {
  return `urn:tenor:problem:${code}`;
}
