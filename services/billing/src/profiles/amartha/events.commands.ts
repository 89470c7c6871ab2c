import type { AnyEvent, Event } from '@tenor/contracts';
import { formatAmount, parseAmount } from '@tenor/money';
import { instalmentId, jsonNumber } from '@tenor/profile-kit';
import { namedId, type TopicMessage } from '@tenor/service-kit';

/** Where that system's consumers listen; without the tenant's prefix. */
export const LOAN_TOPIC = 'loan-topic';
export const PAYMENT_TOPIC = 'payment-topic';

/** The events in that system's shape; the same event always has the same ids. Others say nothing there. */
export function amarthaMessages(event: AnyEvent): TopicMessage[] {
  switch (event.type) {
    case 'loan.opened':
      return [loanCreated(event)];
    case 'loan.repaid':
      return paidInstalments(event);
    default:
      return [];
  }
}

const midnight = (day: string): string => `${day}T00:00:00Z`;

function loanCreated({ id, data }: Event<'loan.opened'>): TopicMessage {
  const { loan_id, customer_id, terms, schedule } = data;
  const loan = {
    loan_id,
    customer_id,
    principal_amount: jsonNumber(data.principal),
    interest_rate: jsonNumber(terms.flat_rate_percent ?? terms.annual_rate_percent ?? '0'),
    start_date: midnight(data.disbursed_on),
    end_date: midnight(schedule.at(-1)?.due_date ?? data.disbursed_on),
    outstanding_balance: jsonNumber(data.total),
    is_delinquent: false,
  };
  const schedules = schedule.map(({ number, due_date, total }) => ({
    schedule_id: instalmentId(loan_id, number),
    loan_id,
    payment_no: number,
    payment_due_date: midnight(due_date),
    payment_amount: jsonNumber(total),
    payment_status: 'PENDING',
    is_miss_payment: false,
  }));
  const value = { EventID: id, EventName: 'LOAN_CREATED', Data: { loan, schedules } };
  return { topic: LOAN_TOPIC, key: customer_id, value };
}

/** One for each instalment that the payment completed. */
function paidInstalments({ id, time, data }: Event<'loan.repaid'>): TopicMessage[] {
  const { loan_id, customer_id, payment_id, currency, allocations, unpaid } = data;
  const isOwed = new Set(unpaid.filter(({ amount }) => minor(amount, currency) > 0n).map(({ number }) => number));
  return allocations
    .filter(({ instalment }) => !isOwed.has(instalment))
    .map(({ instalment, principal, interest, fee, penalty }) => {
      const paid = [principal, interest, fee, penalty].reduce((sum, part) => sum + minor(part, currency), 0n);
      const payment = {
        payment_id,
        loan_id,
        customer_id,
        schedule_id: instalmentId(loan_id, instalment),
        payment_date: time,
        amount_paid: jsonNumber(formatAmount(paid, currency)),
        payment_method: 'Virtual Account',
        payment_status: 'PAID',
      };
      const value = { EventID: namedId(id, String(instalment)), EventName: 'PAYMENT_PAID', Data: payment };
      return { topic: PAYMENT_TOPIC, key: customer_id, value };
    });
}

function minor(amount: string, currency: string): bigint {
  const read = parseAmount(amount, currency);
  if (typeof read !== 'bigint') throw new Error(`The amount ${amount} of an event is none of ${currency}`);
  return read;
}
