import { difference, type Posting, postingsOf } from '../../src/ledger/posting.ts';
import { evolve, type LoanState, sortsLast } from '../../src/loans/loan.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { folded } from '../builders.ts';

/** Records events one by one as the service does: evolves where it can, folds again and posts the difference otherwise. */
export function keepBooks(events: readonly LoanEvent[]): { state: LoanState; ledger: Posting[] } {
  const recorded: LoanEvent[] = [];
  let ledger: Posting[] = [];
  let state: LoanState | undefined;
  for (const [index, event] of events.entries()) {
    const before = recorded.length === 0 ? undefined : folded(recorded);
    recorded.push({ ...event, seq: index + 1 });
    if (state === undefined || sortsLast(state, event)) {
      const { state: next, effect } = evolve(state, event);
      ledger.push(...postingsOf([effect], next));
      state = next;
    } else {
      const after = folded(recorded);
      const old = before === undefined ? [] : postingsOf(before.effects, before.state);
      ledger = [...ledger, ...difference(old, postingsOf(after.effects, after.state))];
      state = after.state;
    }
  }
  if (state === undefined) throw new Error('no events');
  return { state, ledger };
}

/** The net of each event's postings, whatever deltas made it. */
export const net = (ledger: readonly Posting[]): string[] =>
  difference([], ledger)
    .map(({ eventId, valueDate, debit, credit, amount, instalment, component }) =>
      [eventId, valueDate, debit, credit, amount, instalment, component].join(' '),
    )
    .sort();
