import type { LocalDate } from '@tenor/calendar';
import { loanBecameDelinquent, loanBucketChanged, loanCured } from '@tenor/contracts';
import { formatAmount } from '@tenor/money';
import type { SubjectPublisher } from '@tenor/service-kit';
import { announcements, type Delinquency, delinquency } from '../delinquency/delinquency.ts';
import { nextChange } from '../delinquency/next-change.ts';
import { aged } from '../penalties/passing-days.ts';
import type { LoanState } from './loan.ts';
import type { Announced, Standing } from './loan-book.ts';

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
  return { announced: { isDelinquent, bucket }, nextChangeOn: nextChange(loan, today) };
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
