import type { FieldError, ProblemCode, Refusal } from '@tenor/contracts';
import { type ProblemAnswer, type ProblemForm, validationFailed } from '@tenor/service-kit';

const JSON_TYPE = 'application/json';
const BAD_REQUEST = 400;
const UNPROCESSABLE = 422;

/** What Django REST framework says where it speaks itself; any other refusal says its own detail. */
const frameworkWords: Partial<Record<ProblemCode, string>> = {
  not_found: 'Not found.',
  forbidden: 'You do not have permission to perform this action.',
  unauthenticated: 'Authentication credentials were not provided.',
};

/**
 * Errors as Django REST framework words them: `{"detail": …}`, and `{"field": ["…"]}` for fields, nested as the body is.
 * What cannot be done as asked is 400 there, where it is 422 here. `statuses` are refusals that the original answered
 * with another status, `words` those of which it said something of its own.
 */
export function djangoErrors(
  statuses: Partial<Record<ProblemCode, number>> = {},
  words: Partial<Record<ProblemCode, string>> = {},
): ProblemForm {
  return (refusal, canonical) => {
    const { headers } = canonical;
    const status = statuses[refusal.refused] ?? (canonical.status === UNPROCESSABLE ? BAD_REQUEST : canonical.status);
    return {
      status,
      headers,
      contentType: JSON_TYPE,
      body: bodyOf(refusal, canonical, { ...frameworkWords, ...words }),
    };
  };
}

function bodyOf(refusal: Refusal, { headers }: ProblemAnswer, words: Partial<Record<ProblemCode, string>>): unknown {
  const errors = refusal.meta?.['errors'];
  if (refusal.refused === 'validation_failed' && Array.isArray(errors)) return nested(errors as FieldError[]);
  // A token that was sent and is not accepted has its own words, as the challenge has.
  const isRejected = headers['www-authenticate']?.includes('invalid_token') === true;
  return { detail: (isRejected ? undefined : words[refusal.refused]) ?? refusal.detail };
}

/** A refusal of an external id that something else has, or the same with other content, as a fault of that field. */
export function taken(refusal: Refusal, what: string): Refusal {
  if (refusal.refused !== 'already_exists' && refusal.refused !== 'idempotency_mismatch') return refusal;
  const message = `${what} with this external id already exists.`;
  return validationFailed([{ pointer: '/external_id', code: 'unique', message }]);
}

type Nested = { [name: string]: string[] | Nested | Nested[] };

function nested(errors: readonly FieldError[]): Nested {
  const body: Nested = {};
  for (const { pointer, message } of errors) {
    const [name = 'non_field_errors', ...rest] = pointer.split('/').slice(1);
    place(body, name, rest, message);
  }
  return body;
}

/** Members of a list that have no fault are told as empty, as the framework does. */
function place(into: Nested, name: string, [next, ...rest]: readonly string[], message: string): void {
  if (next === undefined) {
    const told = into[name];
    into[name] = isMessages(told) ? [...told, message] : [message];
  } else if (/^\d+$/.test(next)) {
    const list = Array.isArray(into[name]) && !isMessages(into[name]) ? into[name] : [];
    while (list.length <= Number(next)) list.push({});
    into[name] = list;
    const [field = 'non_field_errors', ...below] = rest;
    place(list[Number(next)] as Nested, field, below, message);
  } else {
    const child = isNested(into[name]) ? into[name] : {};
    into[name] = child;
    place(child, next, rest, message);
  }
}

type Told = Nested[string] | undefined;
const isMessages = (told: Told): told is string[] => Array.isArray(told) && typeof told[0] === 'string';
const isNested = (told: Told): told is Nested => typeof told === 'object' && !Array.isArray(told);
