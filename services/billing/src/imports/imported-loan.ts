import { type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount, type Money } from '@tenor/money';
import type { ImportedPayment } from '../loans/imported-payments.ts';
import type { DraftEvent } from '../loans/loan-event.ts';
import { loanSchedule } from '../loans/loan-schedule.ts';
import { checkPrincipal, type Product, termsFor } from '../products/product.ts';
import { totalOf } from '../schedules/schedule.ts';

/** A row of a file of loans (requirements.md, S3); days as the file has them, amounts in minor units. */
export interface LoanRow {
  /** What the lender calls the customer: the customer's external id here. */
  readonly customerNumber: string;
  /** What the lender calls the loan, from 1; two customers may share one. */
  readonly loanNumber: bigint;
  readonly principal: Money;
  readonly numberOfInstalments: number;
  /** Decimal text, per cent per year; kept as information. */
  readonly annualRatePercent: string;
  /** Contractual, in minor units. */
  readonly instalment: bigint;
  /** Instalments that the lender counted as paid on time. */
  readonly paidOnTime: number;
  readonly approvedOn: LocalDate;
  /** Later than the approval. */
  readonly endsOn: LocalDate;
}

/** What a row makes a loan of. */
export interface ImportContext {
  readonly loanId: string;
  readonly customerId: string;
  /** The product `imported` as it is on the day of the approval. */
  readonly product: Product;
  /** The day whose state the file tells. */
  readonly asOf: LocalDate;
}

/** A loan that came by a file. */
export interface ImportedLoan {
  /** What makes the loan: opened, approved and disbursed, all on the day of the approval. */
  readonly drafts: readonly DraftEvent[];
  /** Made by the file's day, in the order of their dates. */
  readonly payments: readonly ImportedPayment[];
  /** Sum of the payments, in minor units. */
  readonly paid: bigint;
  /** What the lender counted as on time beyond the instalments that had fallen due: an input of the score alone. */
  readonly surplusOnTime: number;
}

/**
 * A row as a loan with its past (requirements.md, S3). A loan that ended before the file's day is fully paid: the first
 * instalments, as many as were paid on time, on their due dates, and the rest on its end date. Of any other as many
 * are paid, on their due dates, as were paid on time and had fallen due. Neither the credit limit nor the customer's
 * status is asked: the money was lent long ago. Refuses `value_date_in_future` for an approval after the file's day,
 * what `termsFor` and `checkPrincipal` refuse, and `terms_invalid` and `principal_out_of_bounds` of the schedule.
 */
export function importedLoan(row: LoanRow, context: ImportContext): ImportedLoan | Refusal {
  const { approvedOn, principal, numberOfInstalments, annualRatePercent } = row;
  const { product, asOf } = context;
  if (approvedOn > asOf) {
    const detail = `The loan was approved on ${approvedOn}, after the day of the file, ${asOf}.`;
    return { refused: 'value_date_in_future', detail, meta: { as_of: asOf } };
  }
  const instalmentAmount = formatAmount(row.instalment, principal.currency);
  const terms = termsFor(product, { numberOfInstalments, annualRatePercent, instalmentAmount });
  if ('refused' in terms) return terms;
  const refusal = checkPrincipal(product, principal);
  if (refusal !== undefined) return refusal;
  const { currency, minor } = principal;
  const schedule = loanSchedule({ terms, closedDays: NEVER_CLOSED, currency, principal: minor }, approvedOn);
  if ('refused' in schedule) return schedule;
  const asked = schedule.instalments.map((instalment) => ({ dueOn: instalment.dueDate, amount: totalOf(instalment) }));
  const { payments, surplusOnTime } = pastOf(row, asked, asOf);
  const { code, version, policy } = product;
  const amount = formatAmount(minor, currency);
  const loan = {
    loanId: context.loanId,
    customerId: context.customerId,
    externalId: null,
    currency,
    principal: amount,
  };
  const payload = { ...loan, product: { code, version }, terms, policy, disbursedOn: approvedOn };
  return {
    drafts: [
      { type: 'opened', valueDate: approvedOn, payload },
      { type: 'approved', valueDate: approvedOn, payload: {} },
      { type: 'disbursed', valueDate: approvedOn, payload: { amount } },
    ],
    payments: payments.map((payment) => ({ on: payment.on, amount: formatAmount(payment.amount, currency) })),
    paid: sumOf(payments),
    surplusOnTime,
  };
}

/** What an instalment asks, in minor units, and when. */
interface Asked {
  readonly dueOn: LocalDate;
  readonly amount: bigint;
}

interface Paid {
  readonly on: LocalDate;
  readonly amount: bigint;
}

function pastOf(
  { paidOnTime, endsOn }: LoanRow,
  asked: readonly Asked[],
  asOf: LocalDate,
): { payments: Paid[]; surplusOnTime: number } {
  const hasEnded = endsOn < asOf;
  const payable = hasEnded ? asked.length : asked.filter(({ dueOn }) => dueOn <= asOf).length;
  const onTime = Math.min(paidOnTime, payable);
  const payments = asked
    .slice(0, onTime)
    .map(({ dueOn, amount }): Paid => ({ on: hasEnded && dueOn > endsOn ? endsOn : dueOn, amount }));
  const rest = sumOf(asked.slice(onTime));
  if (hasEnded) payments.push({ on: endsOn, amount: rest });
  return { payments: payments.filter(({ amount }) => amount > 0n), surplusOnTime: paidOnTime - onTime };
}

const sumOf = (amounts: readonly { readonly amount: bigint }[]): bigint =>
  amounts.reduce((sum, { amount }) => sum + amount, 0n);
