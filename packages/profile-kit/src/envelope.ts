import type { FieldError, ProblemCode, Refusal } from '@tenor/contracts';
import type { ProblemForm } from '@tenor/service-kit';
import { type TSchema, Type } from 'typebox';

const JSON_TYPE = 'application/json';
const BAD_REQUEST = 400;
const UNPROCESSABLE = 422;

/** Answers in an envelope: the status again, a message, and what was asked for. */
export const envelopeOf = <Data extends TSchema>(data: Data) =>
  Type.Object({ code: Type.Integer(), message: Type.String(), data });

export const inEnvelope = <Data>(code: number, data: Data) => ({ code, message: 'success', data });

/** Refusals in the same envelope, without data. `statuses` are those that the original answered with another status. */
export function envelopeErrors(statuses: Partial<Record<ProblemCode, number>> = {}): ProblemForm {
  return (refusal, { status, headers }) => {
    const code = statuses[refusal.refused] ?? (status === UNPROCESSABLE ? BAD_REQUEST : status);
    return { status: code, headers, contentType: JSON_TYPE, body: { code, message: messageOf(refusal), data: null } };
  };
}

function messageOf({ refused, detail, meta }: Refusal): string {
  const errors = meta?.['errors'];
  if (refused !== 'validation_failed' || !Array.isArray(errors)) return detail;
  return (errors as FieldError[]).map(({ pointer, message }) => `${pointer.slice(1)}: ${message}`).join(' ');
}
