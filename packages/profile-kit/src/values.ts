import { plainDecimal } from '@tenor/money';
import type { Fault, Field } from './fields.ts';

/** Text or, as it was sent, a number; blanks around it do not count, unless it is `exact`. */
export function text({
  max,
  blank = false,
  exact = false,
}: {
  max: number;
  blank?: boolean;
  exact?: boolean;
}): Field<string> {
  return read((given) => {
    if (typeof given !== 'string') return { code: 'type', message: 'Not a valid string.' };
    const trimmed = exact ? given : given.trim();
    if (trimmed === '' && !blank) return { code: 'blank', message: 'This field may not be blank.' };
    if (trimmed.length > max) {
      return { code: 'maxLength', message: `Ensure this field has no more than ${max} characters.` };
    }
    return { value: trimmed };
  });
}

/** Control and direction characters, for which no id has a use. */
const UNSEEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** What a client calls a thing of its own. */
export const externalId = ({ max }: { max: number }): Field<string> =>
  read((given) => {
    const inner = text({ max }).read(given);
    if ('faults' in inner) return inner.faults[0] as Fault;
    if (UNSEEN.test(inner.value)) return { code: 'pattern', message: 'Characters that show nothing are not allowed.' };
    return { value: inner.value };
  });

/** An address of e-mail as far as its form tells. */
export const email = ({ max }: { max: number }): Field<string> =>
  read((given) => {
    const inner = text({ max }).read(given);
    if ('faults' in inner) return inner.faults[0] as Fault;
    if (!/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(inner.value)) {
      return { code: 'format', message: 'Enter a valid email address.' };
    }
    return { value: inner.value };
  });

interface IntegerBounds {
  readonly min?: number;
  readonly max?: number;
}

const wholeForm = /^[+-]?\d{1,15}(\.0*)?$/;

/** A whole number, sent as a number or as text; `5.0` is one too. */
export function integer({ min, max = Number.MAX_SAFE_INTEGER }: IntegerBounds = {}): Field<number> {
  return read((given) => {
    if (typeof given !== 'string' || !wholeForm.test(given.trim())) {
      return { code: 'type', message: 'A valid integer is required.' };
    }
    const value = Number.parseInt(given.trim(), 10);
    if (min !== undefined && value < min) return below(String(min));
    return value > max ? above(String(max)) : { value };
  });
}

/** The whole number above zero that a path says; undefined for any other text, which is then nothing's number. */
export function wholeNumber(said: string): number | undefined {
  return /^0*[1-9]\d{0,14}$/.test(said) ? Number.parseInt(said, 10) : undefined;
}

/** A decimal text as the JSON number that shows it. */
export const jsonNumber = (plain: string): number => JSON.parse(plain) as number;

interface DecimalForm {
  /** Before and after the point together. */
  readonly digits: number;
  readonly places: number;
  /** Least value allowed. */
  readonly min?: string;
  readonly max?: string;
}

/** A decimal number, sent as a number or as text: plain decimal text without an exponent or needless zeros in front. */
export function decimal({ digits, places, min, max }: DecimalForm): Field<string> {
  return read((given) => {
    const plain = typeof given === 'string' ? plainDecimal(given.trim()) : undefined;
    if (plain === undefined) return { code: 'type', message: 'A valid number is required.' };
    const [whole = '', fraction = ''] = plain.replace('-', '').split('.');
    if (fraction.length > places) {
      return { code: 'places', message: `Ensure that there are no more than ${places} decimal places.` };
    }
    if (whole.replace(/^0$/, '').length > digits - places) {
      const message = `Ensure that there are no more than ${digits - places} digits before the decimal point.`;
      return { code: 'digits', message };
    }
    if (min !== undefined && scaled(plain) < scaled(min)) return below(min);
    return max !== undefined && scaled(plain) > scaled(max) ? above(max) : { value: plain };
  });
}

const SCALE = 200;

/** Comparable whatever the places. */
function scaled(plain: string): bigint {
  const [whole = '0', fraction = ''] = plain.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(SCALE, '0'));
  return plain.startsWith('-') ? -value : value;
}

const below = (min: string): Fault => ({
  code: 'minimum',
  message: `Ensure this value is greater than or equal to ${min}.`,
});
const above = (max: string): Fault => ({
  code: 'maximum',
  message: `Ensure this value is less than or equal to ${max}.`,
});

function read<Value>(attempt: (given: unknown) => { value: Value } | Fault): Field<Value> {
  return {
    read(given) {
      const outcome = attempt(given);
      return 'value' in outcome ? outcome : { faults: [outcome] };
    },
  };
}
