import type { CommandContext } from './caller.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** What was done to one thing. */
export interface DataChange {
  /** What kind of thing it is: `customer`. */
  readonly entity: string;
  /** Its id, or the name that it goes by. */
  readonly id: string;
  /** What was done, in the past tense: `changed`. */
  readonly action: string;
  /** Null for what was not there before. Nothing secret, and of a person's fields keyed hashes only. */
  readonly before: Fields | null;
  /** Null for what is not there any more. */
  readonly after: Fields | null;
}

/** Who asked for something, and from where. */
export type Asking = Pick<CommandContext, 'caller' | 'requestId' | 'address'>;

/** What is kept of a request beside what it wrote, where that says already who asked. */
export interface Origin {
  readonly roles: readonly string[];
  readonly address: string;
  readonly request_id: string;
}

/** Null where no request came from anywhere: for consumers and jobs. */
export function originOf({ caller: { roles }, requestId, address }: Asking): Origin | null {
  return address === undefined ? null : { roles, address, request_id: requestId };
}

/** Only the fields whose values differ; of what is new, or is gone, all. */
export function changedFields({ before, after, ...change }: DataChange): DataChange {
  if (before === null || after === null) return { ...change, before, after };
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const of = (fields: Fields): Fields => Object.fromEntries(changed.map((name) => [name, fields[name] ?? null]));
  return { ...change, before: of(before), after: of(after) };
}
