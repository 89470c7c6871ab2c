import { addDays, type LocalDate } from '@tenor/calendar';
import { loanBecameDelinquent, loanBucketChanged, loanCured, loanInstalmentDueSoon } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import type { SubjectPublisher } from '@tenor/service-kit';
import { announcements, type Delinquency, delinquency } from '../delinquency/delinquency.ts';
import { untold } from '../delinquency/due-soon.ts';
import { remainder } from '../delinquency/instalment.ts';
import { aged } from '../penalties/passing-days.ts';
import type { LoanState } from './loan.ts';
import type { Announced, Standing } from './loan-book.ts';
import { nextVisit } from './watch.ts';

/** Publishes each change of delinquency since the last announcement, once; the caller stores what it returns. */
export function announce(publisher: SubjectPublisher, from: Announced, state: LoanState, today: LocalDate): Standing {
  const loan = aged(state, today);
  const standing = delinquency(loan, today);
  for (const kind of announcements(from, standing)) {
    const data = delinquencyData(state, standing, today);
    switch (kind) {
      case 'became_delinquent':
        publisher.publish(loanBecameDelinquent, data);
        break;
      case 'cured':
        publisher.publish(loanCured, data);
        break;
      case 'bucket_changed':
        publisher.publish(loanBucketChanged, { ...data, from: from.bucket });
        break;
      default:
        kind satisfies never;
    }
  }
  const { isDelinquent, bucket } = standing;
  const dues = from.dues.filter((due) => due >= today);
  const nextDueOn = untold(loan, today, dues)[0]?.dueDate ?? null;
  return { announced: { isDelinquent, bucket, dues }, nextChangeOn: nextVisit(loan, today), nextDueOn };
}

/**
 * Tells of each instalment that falls due within `days` days and was not told of, once; the caller stores what it
 * returns.
 */
export function announceDues(
  publisher: SubjectPublisher,
  standing: Standing,
  state: LoanState,
  today: LocalDate,
  days: number,
): Standing {
  const coming = untold(state, today, standing.announced.dues);
  const last = addDays(today, days);
  const soon = coming.filter(({ dueDate }) => dueDate <= last);
  const { loanId: loan_id, customerId: customer_id, currency } = state;
  for (const instalment of soon) {
    const { number, dueDate: due_date } = instalment;
    const amount = formatAmount(remainder(instalment), currency);
    publisher.publish(loanInstalmentDueSoon, {
      loan_id,
      customer_id,
      as_of: today,
      instalment: number,
      due_date,
      amount,
      currency,
    });
  }
  const dues = [...standing.announced.dues, ...soon.map(({ dueDate }) => dueDate)];
  return { ...standing, announced: { ...standing.announced, dues }, nextDueOn: coming[soon.length]?.dueDate ?? null };
}

function delinquencyData(state: LoanState, standing: Delinquency, asOf: LocalDate) {
  return {
    loan_id: state.loanId,
    customer_id: state.customerId,
    as_of: asOf,
    consecutive_missed: standing.consecutiveMissed,
    days_past_due: standing.daysPastDue,
    bucket: standing.bucket,
    arrears: formatAmount(standing.arrears, state.currency),
    currency: state.currency,
  };
}
