import type { FieldError } from '@tenor/contracts';
import { Ajv, type ErrorObject, type Options } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { escapeToken } from './text-faults.ts';

/** One fault as the validator reports it. */
export type SchemaFault = ErrorObject;

/** A request's part, as the framework names it, to the pointer under which its faults are told. */
const partPrefix: Record<string, string> = { body: '', querystring: '/query', params: '/path', headers: '/headers' };

/** More faults than this are not told: nobody reads them, and a body can be made of nothing else. */
const MAX_FIELD_ERRORS = 50;

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day that exists in the Gregorian calendar from year 1 on, written YYYY-MM-DD. */
export function isRealDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0] = match.slice(1).map((part) => Number.parseInt(part, 10));
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 && isLeap ? 29 : (MONTH_LENGTHS[month - 1] ?? 0);
  return year >= 1 && day >= 1 && day <= length;
}

/** An RFC 3339 instant on a day that exists; no leap second, which Postgres would move to the next minute. */
export function isRealInstant(text: string): boolean {
  const match =
    /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/.exec(text);
  return match?.[1] !== undefined && isRealDate(match[1]);
}

/** An IANA name, and no offset. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Ajv as every part of the kit uses it: nothing removed, all faults reported, an unknown keyword refused at boot. */
export function strictAjv(options: Options = {}): Ajv {
  const ajv = new Ajv({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    removeAdditional: false,
    coerceTypes: false,
    useDefaults: false,
    verbose: true,
    ...options,
  });
  ajv.addVocabulary(['example', 'secret']);
  ajv.addFormat('date', isRealDate);
  ajv.addFormat('date-time', isRealInstant);
  ajv.addFormat('time-zone', isTimeZone);
  // As Postgres takes it; the full format also lets `urn:uuid:` stand before it.
  ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i);
  for (const name of ['email', 'uri', 'uri-reference', 'ipv4', 'ipv6', 'hostname'] as const) {
    ajv.addFormat(name, fullFormats[name]);
  }
  return ajv;
}

const codes: Record<string, string> = { additionalProperties: 'unknown_field', const: 'enum' };

function fieldErrorOf(error: ErrorObject, prefix: string): FieldError {
  const { missingProperty, additionalProperty, allowedValues, allowedValue } = error.params as Record<string, unknown>;
  const child = missingProperty ?? additionalProperty;
  const pointer = `${prefix}${error.instancePath}${typeof child === 'string' ? `/${escapeToken(child)}` : ''}`;
  const code = codes[error.keyword] ?? error.keyword;
  if (error.keyword === 'required') return { pointer, code, message: 'is required' };
  if (error.keyword === 'additionalProperties') return { pointer, code, message: 'is not a known field' };
  const allowed = Array.isArray(allowedValues)
    ? allowedValues
    : allowedValue === undefined
      ? undefined
      : [allowedValue];
  if (allowed !== undefined) return { pointer, code, message: `must be one of: ${allowed.map(String).join(', ')}` };
  return { pointer, code, message: error.message ?? 'is not valid' };
}

/**
 * A choice between objects that say by a literal of the same field which of them they are: only the faults of the one that
 * was meant, or that none was. Undefined for any other choice.
 */
function meantBranch(union: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] | undefined {
  const branchOf = ({ schemaPath }: ErrorObject) => schemaPath.slice(union.schemaPath.length).split('/')[1];
  const others = inside.filter(
    ({ keyword, instancePath }) => keyword === 'const' && instancePath !== union.instancePath,
  );
  const [first] = others;
  if (first === undefined || others.some(({ instancePath }) => instancePath !== first.instancePath)) return undefined;
  const excluded = new Set(others.map(branchOf));
  const meant = inside.filter((error) => !excluded.has(branchOf(error)));
  if (meant.length > 0) return meant;
  return [{ ...first, keyword: 'enum', params: { allowedValues: others.map(({ params }) => params['allowedValue']) } }];
}

/**
 * What is told of an `anyOf`. Its branches' faults say more than "must match a schema in anyOf", but
 * of "or null" nothing needs saying, and a choice of literals is one list.
 */
function withoutUnionNoise(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  let kept = [...errors];
  for (const union of errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf')) {
    const inside = kept.filter((error) => error !== union && error.schemaPath.startsWith(union.schemaPath));
    const meant = meantBranch(union, inside);
    if (meant !== undefined) {
      kept = kept.filter((error) => error !== union && !inside.includes(error)).concat(meant);
      continue;
    }
    const literals = inside.filter((error) => error.keyword === 'const' && error.instancePath === union.instancePath);
    const telling = inside.filter((error) => !(error.keyword === 'type' && error.params['type'] === 'null'));
    if (literals.length > 0 && literals.length === telling.length) {
      const allowedValues = literals.map((error) => error.params['allowedValue']);
      const choice: ErrorObject = { ...union, keyword: 'enum', params: { allowedValues } };
      kept = kept.filter((error) => error !== union && !inside.includes(error)).concat(choice);
    } else if (telling.length > 0) {
      kept = kept.filter((error) => error !== union && (!inside.includes(error) || telling.includes(error)));
    }
  }
  return kept;
}

/** Ajv's faults as `errors[]` of a problem, each once, at most MAX_FIELD_ERRORS. */
export function fieldErrors(errors: readonly ErrorObject[], part = 'body'): FieldError[] {
  const prefix = partPrefix[part] ?? '';
  const seen = new Map<string, FieldError>();
  for (const error of withoutUnionNoise(errors)) {
    const fieldError = fieldErrorOf(error, prefix);
    const key = `${fieldError.pointer} ${fieldError.code} ${fieldError.message}`;
    if (!seen.has(key) && seen.size < MAX_FIELD_ERRORS) seen.set(key, fieldError);
  }
  return [...seen.values()];
}

/** The framework's validator by the request's part: bodies as they are sent, path and query made of text. */
export function validatorCompiler(): (route: { schema: unknown; httpPart?: string }) => ReturnType<Ajv['compile']> {
  const strict = strictAjv();
  const coercing = strictAjv({ coerceTypes: true, useDefaults: true });
  return ({ schema, httpPart }) => {
    if (typeof schema !== 'object' || schema === null)
      throw new Error(`the ${httpPart} schema of a route is no object`);
    return (httpPart === 'body' ? strict : coercing).compile(schema);
  };
}
