import { isLocalDate, type LocalDate } from '@tenor/calendar';
import type { FieldError } from '@tenor/contracts';
import { isCurrency } from '@tenor/money';
import type { ImportParameters } from './import-parameters.ts';

/** What an import is asked for, as text. */
export interface ImportRequest {
  readonly kind?: string | undefined;
  readonly as_of?: string | undefined;
  readonly currency?: string | undefined;
}

/** What is taken where the request does not say. */
export interface ImportDefaults {
  readonly kinds: readonly string[];
  readonly today: LocalDate;
  readonly currency: string;
}

export interface ImportOrder {
  readonly kind: string;
  readonly parameters: ImportParameters;
}

/** Reads the request; the faults of a kind that is not known, a day that has not come, and a currency that is none. */
export function importOrder(request: ImportRequest, defaults: ImportDefaults): ImportOrder | { faults: FieldError[] } {
  const { kind, as_of: asOf = defaults.today, currency = defaults.currency, ...others } = request;
  const faults: FieldError[] = Object.keys(others).map((name) => fault(name, 'unknown_field', 'is not a known field'));
  if (kind === undefined) faults.push(fault('kind', 'required', 'is required'));
  else if (!defaults.kinds.includes(kind)) {
    faults.push(fault('kind', 'enum', `must be one of: ${defaults.kinds.join(', ')}`));
  }
  if (!isLocalDate(asOf)) faults.push(fault('as_of', 'format', 'must be a date'));
  else if (asOf > defaults.today) faults.push(fault('as_of', 'maximum', `must not be after ${defaults.today}`));
  if (!isCurrency(currency)) faults.push(fault('currency', 'unknown_currency', 'is not an active currency'));
  if (faults.length > 0 || kind === undefined || !isLocalDate(asOf)) return { faults };
  return { kind, parameters: { as_of: asOf, currency } };
}

const fault = (name: string, code: string, message: string): FieldError => ({ pointer: `/${name}`, code, message });
