import { date, type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import type { Pauses } from '../delinquency/pause.ts';
import { completePolicy } from '../products/policy.ts';
import { storedTerms } from '../products/terms.ts';
import type { Head } from './journal.store.ts';
import type { LoanInstalment, LoanState } from './loan.ts';
import type { Announced, Standing } from './loan-book.ts';
import { type PlannedLoan, recordedApr } from './loan-schedule.ts';
import { type StoredAdditions, storedAdditions } from './stored-additions.ts';
import { type StoredChanges, storedChanges } from './stored-changes.ts';

/** A loan's row: the stored projection, and where its journal, its events and its announcements stand. */
export interface StoredLoan extends Standing {
  readonly state: LoanState;
  readonly head: Head;
  readonly eventSequence: bigint;
  /** The last day whose growth is booked; null for a loan whose income is what was paid. */
  readonly bookedThrough: LocalDate | null;
}

/** As the table has it. */
export interface LoanRow {
  customer_id: string;
  id: string;
  external_id: string | null;
  product_code: string;
  product_version: number;
  currency: string;
  status: LoanState['status'];
  principal: bigint;
  terms: LoanState['terms'];
  /** Null where the terms name no calendar. */
  closed_days: LoanState['closedDays'] | null;
  policy: LoanState['policy'];
  disbursed_on: LoanState['disbursedOn'];
  maturity_date: LoanState['maturityDate'];
  credited: bigint;
  last_key: LoanState['lastKey'];
  head_seq: number;
  head_hash: string;
  head_recorded_at: string;
  event_sequence: bigint;
  announced_delinquent: boolean;
  announced_bucket: Announced['bucket'];
  numbers: number[];
  due_dates: string[];
  principals: bigint[];
  interests: bigint[];
  fees: bigint[];
  balances_after: bigint[];
  paid_principals: bigint[];
  paid_interests: bigint[];
  paid_fees: bigint[];
  paid_penalties: bigint[];
  /** Null until the money was paid out, and in rows of which it was not kept yet. */
  apr: LoanState['apr'];
  additions: StoredAdditions | null;
  clock: LoanState['clock'];
  changes: StoredChanges | null;
  /** Null for none. */
  pauses: Pauses | null;
  next_change_on: StoredLoan['nextChangeOn'];
  next_due_on: StoredLoan['nextDueOn'];
  told_dues: string[];
  booked_through: StoredLoan['bookedThrough'];
}

export function toStored(row: LoanRow): StoredLoan {
  const planned: PlannedLoan = {
    currency: row.currency,
    principal: row.principal,
    terms: storedTerms(row.terms),
    closedDays: row.closed_days ?? NEVER_CLOSED,
  };
  return {
    state: {
      ...planned,
      loanId: row.id,
      customerId: row.customer_id,
      externalId: row.external_id,
      product: { code: row.product_code, version: row.product_version },
      policy: completePolicy(row.policy),
      status: row.status,
      disbursedOn: row.disbursed_on,
      maturityDate: row.maturity_date,
      instalments: toInstalments(row),
      apr: row.apr ?? recordedApr(planned, row.disbursed_on),
      credited: row.credited,
      lastKey: row.last_key,
      clock: row.clock,
      ...storedChanges(row.changes, { disbursedOn: row.disbursed_on, principal: row.principal }),
      pauses: row.pauses ?? [],
    },
    head: { seq: row.head_seq, hash: row.head_hash, recordedAt: row.head_recorded_at },
    eventSequence: row.event_sequence,
    announced: {
      isDelinquent: row.announced_delinquent,
      bucket: row.announced_bucket,
      dues: row.told_dues.map(date),
    },
    nextChangeOn: row.next_change_on,
    nextDueOn: row.next_due_on,
    bookedThrough: row.booked_through,
  };
}

function toInstalments(row: LoanRow): LoanInstalment[] {
  const at = (column: readonly bigint[], index: number): bigint => {
    const amount = column[index];
    if (amount === undefined) throw new Error(`Loan ${row.id} has arrays of different lengths`);
    return amount;
  };
  return row.due_dates.map((dueDate, index) => ({
    number: Number(row.numbers[index]),
    dueDate: date(dueDate),
    principal: at(row.principals, index),
    interest: at(row.interests, index),
    fee: at(row.fees, index),
    balanceAfter: at(row.balances_after, index),
    paid: {
      principal: at(row.paid_principals, index),
      interest: at(row.paid_interests, index),
      fee: at(row.paid_fees, index),
      penalty: at(row.paid_penalties, index),
    },
    additions: storedAdditions(row.additions, Number(row.numbers[index])),
  }));
}
