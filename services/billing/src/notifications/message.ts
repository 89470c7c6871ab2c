import type { AnyEvent, EventType } from '@tenor/contracts';

export type Channel = 'email' | 'sms';
export const channels: readonly Channel[] = ['email', 'sms'];

/** Texts for one type of event. `{name}` is the customer's, every other placeholder a field of the event's data. */
interface Texts {
  readonly email: { readonly subject: string; readonly text: string };
  readonly sms: string;
  /** The field that says which day it is about: one long past is history being recorded, and no news. */
  readonly day?: string;
}

/** What is sent to a provider, but for whom. */
export interface Message {
  readonly subject: string | null;
  readonly text: string;
}

/** Values of placeholders; nothing personal. */
export type Facts = Readonly<Record<string, string>>;

/** What customers are told of, and how. */
export const texts: Readonly<Partial<Record<EventType, Texts>>> = {
  'loan.approved': {
    email: {
      subject: 'Your loan is approved',
      text: 'Dear {name},\n\nyour loan was approved on {approved_on}.\nReference: {loan_id}',
    },
    sms: 'Your loan was approved on {approved_on}.',
    day: 'approved_on',
  },
  'loan.rejected': {
    email: {
      subject: 'Your loan application',
      text: 'Dear {name},\n\nwe cannot offer you the loan that you applied for.\nReference: {loan_id}',
    },
    sms: 'We cannot offer you the loan that you applied for.',
  },
  'loan.failed': {
    email: {
      subject: 'Your loan application',
      text: 'Dear {name},\n\nyour application could not be decided. You may apply again.\nReference: {loan_id}',
    },
    sms: 'Your loan application could not be decided. You may apply again.',
  },
  'loan.instalment_due_soon': {
    email: {
      subject: 'An instalment falls due on {due_date}',
      text: 'Dear {name},\n\ninstalment {instalment} of your loan, {currency} {amount}, falls due on {due_date}.\nReference: {loan_id}',
    },
    sms: 'Instalment {instalment} of your loan, {currency} {amount}, falls due on {due_date}.',
    day: 'as_of',
  },
  'loan.became_delinquent': {
    email: {
      subject: 'Your loan is late',
      text: 'Dear {name},\n\nyour loan is {days_past_due} days late; {currency} {arrears} should have been paid by {as_of}.\nReference: {loan_id}',
    },
    sms: 'Your loan is {days_past_due} days late: {currency} {arrears} is owed.',
    day: 'as_of',
  },
};

export const toldTypes: ReadonlySet<string> = new Set(Object.keys(texts));

const NAME = 'name';
const PLACEHOLDER = /\{([a-z_]+)\}/g;
/** A message that comes later than that is none any more. */
export const NEWS_HOURS_MAX = 24;
const DAY_MS = 24 * 3_600_000;
/** Leaves time zones and a weekend between the day of the event and that of its message. */
const NEWS_DAYS_MAX = 3;

/** Whether customers are told of events of this type, and this one is neither old nor about a day long past. */
export function isNews({ type, time, data }: AnyEvent, now: Date): boolean {
  const entry = texts[type];
  if (entry === undefined || now.getTime() - Date.parse(time) > NEWS_HOURS_MAX * 3_600_000) return false;
  const day = entry.day === undefined ? undefined : field(data, entry.day);
  return day === undefined || now.getTime() - Date.parse(day) <= (NEWS_DAYS_MAX + 1) * DAY_MS;
}

/** What the texts of its type take from the event. Throws for a placeholder that the event has no field for. */
export function factsOf({ type, data }: AnyEvent): Facts {
  const entry = texts[type];
  if (entry === undefined) throw new Error(`There is no text for ${type}`);
  const all = [entry.email.subject, entry.email.text, entry.sms].join(' ');
  const names = [...all.matchAll(PLACEHOLDER)].map(([, name = '']) => name).filter((name) => name !== NAME);
  return Object.fromEntries([...new Set(names)].map((name) => [name, field(data, name)]));
}

/** The message for one channel. Throws for an event type without texts. */
export function messageFor(type: string, channel: Channel, facts: Facts, name: string): Message {
  const entry = texts[type as EventType];
  if (entry === undefined) throw new Error(`There is no text for ${type}`);
  const fill = (text: string): string =>
    text.replace(PLACEHOLDER, (_, placeholder: string) => (placeholder === NAME ? name : field(facts, placeholder)));
  if (channel === 'sms') return { subject: null, text: fill(entry.sms) };
  return { subject: fill(entry.email.subject), text: fill(entry.email.text) };
}

function field(values: object, name: string): string {
  const value: unknown = Object.entries(values).find(([key]) => key === name)?.[1];
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error(`There is no ${name} to be told`);
}
