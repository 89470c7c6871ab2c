import type { KycRecord } from './kyc.ts';
import { numberFields, textFields, transactionFields } from './transaction-fields.ts';

/** One summary of transactions: each value as the text that came, null for none. */
export type TransactionSummary = Readonly<Record<(typeof transactionFields)[number], string | null>>;

const TEXT_LENGTH_MAX = 500;
const SUMMARIES_MAX = 1_000;
const numberForm = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** What was answered is not what was asked for; the message names the place, never a value. */
export class UnfitAnswerError extends Error {
  override name = 'UnfitAnswerError';
}

/**
 * Whether core banking can have a customer of this number: one without blanks and what cannot be seen. It passes over
 * blanks around a number, so that its answer would be of another one.
 */
export function isCustomerNumber(text: string): boolean {
  return /^[^\s\p{Cc}\p{Cf}]+$/u.test(text);
}

/**
 * The customer in a decoded CustomerResponse; undefined for one without a customer, which is how core banking says that
 * it knows nobody of that number.
 *
 * @throws UnfitAnswerError for anything else, another customer's record among it
 */
export function kycOf(answer: unknown, customerNumber: string): KycRecord | undefined {
  const { customer } = isNil(answer) ? {} : responseOf(answer, 'CustomerResponse', 'customer');
  if (isNil(customer)) return undefined;
  const fields = recordOf(customer, 'customer');
  const text = (name: string) => textOf(fields[name], name);
  if (text('customerNumber') !== customerNumber) throw new UnfitAnswerError('customer is of another number');
  if (text('firstName') === null && text('lastName') === null) throw new UnfitAnswerError('customer has no name');
  return {
    customerNumber,
    firstName: text('firstName'),
    middleName: text('middleName'),
    lastName: text('lastName'),
    dateOfBirth: text('dob'),
    gender: text('gender'),
    email: text('email'),
    mobile: text('mobile'),
    idType: text('idType'),
    idNumber: text('idNumber'),
    monthlyIncome: numberTextOf(fields['monthlyIncome'], 'monthlyIncome'),
    status: text('status'),
  };
}

/**
 * The summaries in a decoded TransactionsResponse; none for an empty one. Numbers stay the very text that came.
 *
 * @throws UnfitAnswerError for anything else, a number that JSON cannot carry as it is among it
 */
export function transactionsOf(answer: unknown): TransactionSummary[] {
  const { transactions } = isNil(answer) ? {} : responseOf(answer, 'TransactionsResponse', 'transactions');
  const summaries = transactions ?? [];
  if (!Array.isArray(summaries) || summaries.length > SUMMARIES_MAX) throw new UnfitAnswerError('transactions');
  return summaries.map(summaryOf);
}

/** Whether the text of an envelope has this element; what a comment says does not count. */
export function hasElement(envelope: string, name: string): boolean {
  return new RegExp(`<(?:[\\w.-]+:)?${name}[\\s/>]`).test(envelope.replaceAll(/<!--[\s\S]*?-->/g, ''));
}

/** A response that holds nothing, or what it is to hold and attributes. */
function responseOf(answer: unknown, place: string, held: string): Readonly<Record<string, unknown>> {
  const response = recordOf(answer, place);
  if (Object.keys(response).some((name) => name !== held && name !== 'attributes')) throw new UnfitAnswerError(place);
  return response;
}

function summaryOf(summary: unknown): TransactionSummary {
  const fields = recordOf(summary, 'transactions');
  if (textOf(fields['accountNumber'], 'accountNumber') === null) throw new UnfitAnswerError('accountNumber');
  const texts = textFields.map((name) => [name, textOf(fields[name], name)] as const);
  const numbers = numberFields.map((name) => [name, numberTextOf(fields[name], name)] as const);
  const read = new Map<string, string | null>([...texts, ...numbers]);
  return Object.fromEntries(transactionFields.map((name) => [name, read.get(name) ?? null])) as TransactionSummary;
}

function recordOf(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UnfitAnswerError(place);
  return value as Record<string, unknown>;
}

function textOf(value: unknown, place: string): string | null {
  if (isNil(value)) return null;
  if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) throw new UnfitAnswerError(place);
  return value;
}

function numberTextOf(value: unknown, place: string): string | null {
  const text = textOf(value, place);
  if (text !== null && !numberForm.test(text)) throw new UnfitAnswerError(place);
  return text;
}

/** An empty element, be it by `xsi:nil`: the decoder makes it null, or an object of nothing but attributes. */
function isNil(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value !== 'object' || Array.isArray(value)) return false;
  const names = Object.keys(value);
  return names.length === 1 && names[0] === 'attributes';
}
