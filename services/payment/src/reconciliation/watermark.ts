import type { Difference, Remedy } from './difference.ts';
import type { Pair } from './stretch.ts';

/** An entry of this service's books at one moment. */
export interface OwnSight<Ours> {
  readonly entry: Ours;
  /** Changes with whatever is taken in about the customer or done to the entry, and never comes back. */
  readonly version: string;
  /** Whether events of the customer wait in this service's outbox. */
  readonly isUnpublished: boolean;
  /** Whether a message about the customer is among this service's dead letters. */
  readonly isPutAside: boolean;
}

/** What billing said of an entry at one moment. */
export interface BillingSight<Theirs> {
  readonly entry: Theirs | undefined;
  /** Whether events of the customer wait in billing's outbox. */
  readonly isUnpublished: boolean;
  readonly isPutAside: boolean;
  /** Whether billing had read to the end that the payments' topic had before it was asked. */
  readonly hasRead: boolean;
}

/**
 * An entry as it was looked at: in this service before and after billing was asked. `hasRead`: whether this service,
 * at the later look, had read to the ends that billing's topics had after billing was asked.
 */
export interface Sight<Ours, Theirs> {
  readonly before: OwnSight<Ours> | undefined;
  readonly billing: BillingSight<Theirs>;
  readonly after: OwnSight<Ours> | undefined;
  readonly hasRead: boolean;
}

type Both<Ours, Theirs> = Pick<Pair<Ours, Theirs>, 'ours' | 'theirs'>;

/** Both books of an entry, with what is proven of them. */
export interface Verdict<Ours, Theirs, Cure extends Remedy> extends Both<Ours, Theirs> {
  readonly outcome: 'agreed' | 'in_flight' | Differs<Cure>;
}

export interface Differs<Cure extends Remedy = Remedy> extends Difference<Cure> {
  /** The entry's at the later look; empty where it is not here. */
  readonly version: string;
}

/**
 * What a look at a payment proves. A difference counts only where both services had passed each other: nothing of the
 * customer waited in either outbox, each had read what the other had published by then, and nothing changed in between.
 * Anything else is in flight. That billing has what does not exist here needs no such proof: an entry is stored before
 * it is published, and was looked for after billing was asked.
 *
 * @param compare the difference between both books of an entry, as if nothing were under way
 */
export function verdictOf<Ours, Theirs, Cure extends Remedy>(
  { before, billing, after, hasRead }: Sight<Ours, Theirs>,
  compare: (both: Both<Ours, Theirs>) => Difference<Cure> | undefined,
): Verdict<Ours, Theirs, Cure> {
  const theirs = billing.entry;
  const ours = after?.entry;
  const difference = compare({ ours, theirs });
  if (difference === undefined) return { outcome: 'agreed', ours, theirs };
  if (after === undefined) return { outcome: { ...difference, version: '' }, ours, theirs };
  const isQuiet = before?.version === after.version && !before.isUnpublished && !billing.isUnpublished;
  if (!isQuiet || !billing.hasRead || !hasRead) return { outcome: 'in_flight', ours, theirs };
  const { version } = after;
  const isPutAside = billing.isPutAside || after.isPutAside;
  return {
    outcome: isPutAside ? { kind: 'put_aside', remedy: null, version } : { ...difference, version },
    ours,
    theirs,
  };
}
