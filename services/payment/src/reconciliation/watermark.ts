import { type AppliedPayment, compare, type Difference, type Pair, type SettledPayment } from './reconciliation.ts';

/** A payment in this service's books at one moment. */
export interface OwnSight {
  readonly payment: SettledPayment;
  /** Changes with whatever is taken in about the customer or done to the payment, and never comes back. */
  readonly version: string;
  /** Whether events of the customer wait in this service's outbox. */
  readonly isUnpublished: boolean;
  /** Whether a message about the customer is among this service's dead letters. */
  readonly isPutAside: boolean;
}

/** What billing said of a payment at one moment. */
export interface BillingSight {
  readonly payment: AppliedPayment | undefined;
  /** Whether events of the customer wait in billing's outbox. */
  readonly isUnpublished: boolean;
  readonly isPutAside: boolean;
  /** Whether billing had read to the end that the payments' topic had before it was asked. */
  readonly hasRead: boolean;
}

/**
 * A payment as it was looked at: in this service before and after billing was asked. `hasRead`: whether this service,
 * at the later look, had read to the ends that billing's topics had after billing was asked.
 */
export interface Sight {
  readonly before: OwnSight | undefined;
  readonly billing: BillingSight;
  readonly after: OwnSight | undefined;
  readonly hasRead: boolean;
}

/** Both books of a payment, with what is proven of them. */
export interface Verdict extends Pick<Pair, 'ours' | 'theirs'> {
  readonly outcome: 'agreed' | 'in_flight' | Differs;
}

export interface Differs extends Difference {
  /** The payment's at the later look; empty where it is not here. */
  readonly version: string;
}

/**
 * What a look at a payment proves. A difference counts only where both services had passed each other: nothing of the
 * customer waited in either outbox, each had read what the other had published by then, and nothing changed in between.
 * Anything else is in flight. That billing applied what does not exist here needs no such proof: a payment is stored
 * before it is published, and was looked for after billing was asked.
 */
export function verdictOf({ before, billing, after, hasRead }: Sight): Verdict {
  const theirs = billing.payment;
  const ours = after?.payment;
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
