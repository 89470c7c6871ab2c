import { sumOfParts } from '../delinquency/instalment.ts';
import type { Parts } from '../schedules/schedule.ts';
import { causeInWords } from './cause-words.ts';
import type { ExplainedLine, Explanation } from './explanation.ts';
import { amountsIn } from './reason.ts';
import type { Movement, Standing, Statement, StatementLine } from './statement.ts';
import { type Cause, owedParts, owing } from './trace.ts';

/** How statements and explanations look to clients: amounts as decimal text, names in snake case. */

export function statementJson({ state, from, to, knownAt, opening, lines, totals, closing, takenBack }: Statement) {
  const { currency } = state;
  return {
    loan_id: state.loanId,
    customer_id: state.customerId,
    status: state.status,
    currency,
    from,
    to,
    as_of: to,
    known_at: knownAt,
    opening: standingJson(opening, currency),
    lines: lines.map((line) => lineJson(line, currency)),
    totals: movementJson(totals, currency),
    closing: standingJson(closing, currency),
    taken_back: takenBack.map(({ payment, reversal }) => ({
      payment_id: payment.payload.paymentId,
      value_date: payment.valueDate,
      amount: payment.payload.amount,
      recorded_at: payment.recordedAt,
      taken_back_at: reversal.recordedAt,
      kind: reversal.payload.kind,
    })),
  };
}

function lineJson(line: StatementLine, currency: string) {
  const { cause, on, balance } = line;
  const event = cause.kind === 'event' ? cause.effect.event : null;
  return {
    value_date: on,
    recorded_at: event?.recordedAt ?? null,
    type: event?.type ?? 'days_passed',
    event_id: event?.id ?? null,
    days: daysJson(cause),
    text: causeInWords(cause),
    ...movementJson(line, currency),
    balance: standingJson(balance, currency),
  };
}

const daysJson = (cause: Cause) => (cause.kind === 'days' ? { from: cause.from, to: cause.through } : null);

function movementJson({ change, moneyIn, moneyOut, refinanced, fromCredit, credit }: Movement, currency: string) {
  const text = amountsIn(currency);
  return {
    ...partsJson(change, currency),
    money_in: text(moneyIn),
    money_out: text(moneyOut),
    refinanced: text(refinanced),
    from_credit: text(fromCredit),
    credit: text(credit),
  };
}

function standingJson({ owed, credit }: Standing, currency: string) {
  return { ...partsJson(owed, currency), credit: amountsIn(currency)(credit) };
}

function partsJson(parts: Parts, currency: string) {
  const text = amountsIn(currency);
  const { principal, interest, fee, penalty } = parts;
  return {
    principal: text(principal),
    interest: text(interest),
    fee: text(fee),
    penalty: text(penalty),
    total: text(sumOfParts(parts)),
  };
}

/** Without `all` only of the components of instalments that owe something. */
export function explanationJson({ state, asOf, knownAt, lines }: Explanation, all: boolean) {
  const { currency } = state;
  const owed = new Map<string, bigint>();
  const keyOf = ({ instalment, component }: ExplainedLine): string => `${instalment}/${component}`;
  for (const line of lines) owed.set(keyOf(line), (owed.get(keyOf(line)) ?? 0n) + line.amount);
  const shown = all ? lines : lines.filter((line) => owed.get(keyOf(line)) !== 0n);
  return {
    loan_id: state.loanId,
    customer_id: state.customerId,
    status: state.status,
    currency,
    as_of: asOf,
    known_at: knownAt,
    outstanding: partsJson(owedParts(owing(state)), currency),
    lines: shown.map((line) => explainedJson(line, currency)),
  };
}

function explainedJson(
  { instalment, component, effect, amount, cause, rule, inputs, text }: ExplainedLine,
  currency: string,
) {
  return {
    instalment,
    component,
    effect,
    amount: amountsIn(currency)(amount),
    cause: causeJson(cause),
    rule,
    inputs,
    text,
  };
}

function causeJson(cause: Cause) {
  if (cause.kind === 'days') {
    return {
      type: 'days_passed',
      days: daysJson(cause),
      event_id: null,
      value_date: null,
      recorded_at: null,
      actor: null,
    };
  }
  const { type, id, valueDate, recordedAt, actor } = cause.effect.event;
  return { type, days: null, event_id: id, value_date: valueDate, recorded_at: recordedAt, actor };
}
