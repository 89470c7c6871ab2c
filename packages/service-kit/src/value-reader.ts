import type { Refusal } from '@tenor/contracts';
import type { Static, TSchema } from 'typebox';
import { validationFailed } from './errors.ts';
import { fieldErrors, strictAjv } from './validation.ts';

/** Checks values that come in no request's body of their own, by a schema that closes its objects itself. */
export function valueReader<T extends TSchema>(schema: T): (value: unknown) => Static<T> | Refusal {
  const validate = strictAjv().compile<Static<T>>(schema);
  return (value) => (validate(value) ? value : validationFailed(fieldErrors(validate.errors ?? [])));
}
