import { plainDecimal } from '@tenor/money';
import type { Fault, Field } from './fields.ts';

interface TextForm {
  readonly max: number;
  readonly blank?: boolean;
  /** False for a secret, whose blanks count. */
  readonly trim?: boolean;
}

/** Text or, as it was sent, a number; blanks around it do not count. */
export function text({ max, blank = false, trim = true }: TextForm): Field<string> {
  return read((given) => {
    if (typeof given !== 'string') return { code: 'type', message: 'Not a valid string.' };
    const trimmed = trim ? given.trim() : given;
    if (trimmed === '' && !blank) return { code: 'blank', message: 'This field may not be blank.' };
    if (trimmed.length > max) {
      return { code: 'maxLength', message: `Ensure this field has no more than ${max} characters.` };
    }
    return { value: trimmed };
  });
}

/** Control and direction characters, for which no id has a use. */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}]/u;

/** What a client calls a thing of its own. */
export const externalId = ({ max }: { max: number }): Field<string> =>
  read((given) => {
    const inner = text({ max }).read(given);
    if ('faults' in inner) return inner.faults[0] as Fault;
    if (UNSEEN.test(inner.value)) return { code: 'pattern', message: 'Characters that show nothing are not allowed.' };
    return { value: inner.value };
  });

const uuidForm = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/** A UUID, in small letters. */
export const uuid: Field<string> = read((given) => {
  const said = typeof given === 'string' ? given.trim().toLowerCase() : '';
  return uuidForm.test(said) ? { value: said } : { code: 'format', message: 'Must be a valid UUID.' };
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

/** One of a few whole numbers that each mean something, such as statuses. */
export function oneOf<Value>(meanings: Readonly<Record<number, Value>>): Field<Value> {
  return read((given) => {
    const value = typeof given === 'string' ? meanings[Number.parseInt(given.trim(), 10)] : undefined;
    if (typeof given === 'string' && wholeForm.test(given.trim()) && value !== undefined) return { value };
    return { code: 'enum', message: `"${String(given)}" is not a valid choice.` };
  });
}

const flags: Readonly<Record<string, boolean>> = {
  true: true,
  '1': true,
  yes: true,
  false: false,
  '0': false,
  no: false,
};

/** Yes or no, as JSON or as text. */
export const flag: Field<boolean> = read((given) => {
  const value = typeof given === 'boolean' ? given : flags[String(given).trim().toLowerCase()];
  return value === undefined ? { code: 'type', message: 'Must be a valid boolean.' } : { value };
});

const instantForm = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A moment by ISO 8601, in UTC where it names no zone; a date is its midnight. RFC 3339 to the millisecond. */
export const instant: Field<string> = read((given) => {
  const said = typeof given === 'string' ? given.trim() : '';
  const [day = '', time] = said.split(/[T ]/i);
  const isZoned = time !== undefined && /(Z|[+-]\d{2}:?\d{2})$/i.test(time);
  const moment = new Date(time === undefined ? `${day}T00:00:00Z` : `${day}T${time}${isZoned ? '' : 'Z'}`);
  if (!instantForm.test(said) || !isOnCalendar(day) || Number.isNaN(moment.getTime())) {
    return { code: 'format', message: 'Datetime has wrong format. Use ISO 8601, such as 2026-01-31T12:00:00Z.' };
  }
  return { value: moment.toISOString() };
});

/** Whether a month has the day: what reads dates lets 31 February pass as 3 March. */
function isOnCalendar(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
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
