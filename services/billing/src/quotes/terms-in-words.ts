import type { Frequency, LocalDate } from '@tenor/calendar';
import { parseAmount, type RoundingMode } from '@tenor/money';
import { type FeeTerm, type InterestMethod, interestMethods, type Terms } from '../products/terms.ts';
import type { PlannedInstalment } from '../schedules/schedule.ts';
import { closedDaysInWords, countingInWords } from './days-in-words.ts';
import { indexInWords, yearlyPercentOn } from './index-in-words.ts';
import { counted, dayInWords, moneyInWords } from './words.ts';

/** One term as a borrower reads it. */
export interface TermInWords {
  readonly name: string;
  readonly says: string;
}

/** Terms with the schedule that they made. */
export interface MadeTerms {
  readonly terms: Terms;
  readonly currency: string;
  /** The first day of the loan, or that on which it is looked at before it has one. */
  readonly from: LocalDate;
  readonly instalments: readonly PlannedInstalment[];
}

/** What the terms mean for a borrower, in plain English; what has no effect is left out. */
export function termsInWords(made: MadeTerms): TermInWords[] {
  const { terms, currency } = made;
  const money = (amount: string): string => stated(amount, currency);
  const said: { name: string; says: string | undefined }[] = [
    { name: 'Interest', says: interest[terms.interestMethod](made) },
    ...index(made),
    { name: 'Repayment', says: repayment(terms) },
    { name: 'Down payment', says: downPayment(terms) },
    { name: 'Grace', says: grace(terms) },
    { name: 'Fees', says: fees(terms, money) },
    { name: 'Tax', says: tax(terms) },
    { name: 'Closed days', says: closedDaysInWords(terms) },
    { name: 'Counting of days', says: countingInWords(terms) },
    { name: 'Rounding', says: rounding(terms, money) },
  ];
  return said.flatMap(({ name, says }) => (says === undefined ? [] : [{ name, says }]));
}

const onBalance = (made: MadeTerms): string => `${rate(made)} on what is still owed`;

const interest: Readonly<Record<InterestMethod, (made: MadeTerms) => string>> = {
  flat: ({ terms: { flatRatePercent, flatRateBasis } }) =>
    `${flatRatePercent} % of the amount lent ${flatRateBasis === 'whole_term' ? 'for the whole term' : 'for each year'}, whatever is repaid in the meantime`,
  annuity: (made) =>
    onBalance(made) + alike(made.instalments, sumOfParts, 'ask for the same in principal and interest together'),
  equal_principal: (made) =>
    onBalance(made) + alike(made.instalments, ({ principal }) => principal, 'repay the same principal'),
  bullet: (made) =>
    made.terms.bulletInterest === 'at_end'
      ? `${rate(made)} on the amount lent, paid with it at the end`
      : `${onBalance(made)}, paid with each instalment; the last repays the amount lent`,
  balloon: (made) => {
    const last = made.instalments.at(-1);
    return (
      onBalance(made) +
      (last ? `; the last instalment repays ${moneyInWords(last.principal, made.currency)} at once` : '')
    );
  },
  fixed_instalment: ({ terms: { instalmentAmount }, currency }) =>
    `contained in instalments of ${stated(instalmentAmount ?? '0', currency)}`,
  none: () => 'none',
};

const sumOfParts = (instalment: PlannedInstalment): bigint => instalment.principal + instalment.interest;

/** Which instalments in turn, up to the last or the one before it, have the same of something; empty if no two have. */
function alike(
  instalments: readonly PlannedInstalment[],
  amountOf: (instalment: PlannedInstalment) => bigint,
  have: string,
): string {
  const [last, usual] = [instalments.at(-1), instalments.at(-2)];
  if (last === undefined || usual === undefined) return '';
  const amount = amountOf(usual);
  const other = instalments.findLastIndex((instalment) => instalment !== last && amountOf(instalment) !== amount);
  const isLastAlike = amountOf(last) === amount;
  const [first, until] = [instalments[other + 1], isLastAlike ? last : usual];
  if (first === undefined || first === until) return '';
  const said = `; instalments ${first.number} to ${until.number} ${have}`;
  return isLastAlike ? said : `${said}, the last is for what is left`;
}

function rate({ terms: { annualRatePercent, monthlyRatePercent, indexRate }, from }: MadeTerms): string {
  if (annualRatePercent !== null) return `${annualRatePercent} % a year`;
  if (monthlyRatePercent !== null) return `${monthlyRatePercent} % a month`;
  if (indexRate === null) throw new Error('terms without a rate passed their validation');
  return `${yearlyPercentOn(indexRate, from)} % a year, as on ${dayInWords(from)},`;
}

function index({ terms: { interestMethod, indexRate }, from, instalments }: MadeTerms): TermInWords[] {
  if (indexRate === null || interestMethods[interestMethod].rate !== 'periodic') return [];
  return indexInWords(indexRate, from, instalments.at(-1)?.dueDate ?? from);
}

function repayment({ numberOfInstalments, frequency }: Terms): string {
  return `${counted(numberOfInstalments, 'instalment')}, ${frequencyInWords(frequency)}`;
}

const unitNames: Readonly<Record<Frequency['unit'], string>> = {
  day: 'day',
  week: 'week',
  semi_month: 'half month',
  month: 'month',
  quarter: 'quarter',
};

/** every week, every 2 weeks. */
export function frequencyInWords({ every, unit }: Frequency): string {
  return every === 1 ? `every ${unitNames[unit]}` : `every ${every} ${unitNames[unit]}s`;
}

function downPayment({ downPaymentPercent }: Terms): string | undefined {
  return downPaymentPercent === null
    ? undefined
    : `${downPaymentPercent} % of the amount, on the day it is paid out; it comes before the other instalments`;
}

function grace({ principalGrace, interestGrace, interestGraceTreatment }: Terms): string | undefined {
  const first = (count: number): string => (count === 1 ? 'the first instalment' : `the first ${count} instalments`);
  const said = [
    principalGrace > 0 ? `${first(principalGrace)} without principal` : undefined,
    interestGrace > 0
      ? `${first(interestGrace)} without interest, which ${interestGraceTreatment === 'waived' ? 'is waived' : 'the next one asks for'}`
      : undefined,
  ].filter((one) => one !== undefined);
  return said.length === 0 ? undefined : said.join('; ');
}

function fees(terms: Terms, money: (amount: string) => string): string | undefined {
  return terms.fees.length === 0 ? undefined : terms.fees.map((fee) => feeInWords(fee, money)).join('; ');
}

function feeInWords({ code, amount, percent, charged, treatment }: FeeTerm, money: (amount: string) => string): string {
  const size = amount === null ? `${percent} % of the amount` : money(amount);
  const name = code.replaceAll(/[-_]/g, ' ');
  if (charged === 'per_instalment') return `${name}: ${size} with each instalment`;
  if (charged === 'on_event') return `${name}: ${size} each time that it comes to it`;
  return `${name}: ${size}, ${treatment === 'deducted' ? 'kept back from the money paid out' : 'added to the loan'}`;
}

function tax({ tax: its }: Terms): string | undefined {
  if (its === null) return undefined;
  const parts = [
    { percent: its.interestPercent, on: 'interest' },
    { percent: its.feePercent, on: 'fees' },
    { percent: its.penaltyPercent, on: 'penalties' },
  ].filter(({ percent }) => /[1-9]/.test(percent));
  return parts.length === 0 ? undefined : parts.map(({ percent, on }) => `${percent} % on ${on}`).join(', ');
}

const roundings: Readonly<Record<RoundingMode, string>> = {
  half_even: 'to the nearest, halves to the even one',
  half_up: 'to the nearest, halves up',
  up: 'up',
  down: 'down',
};

function rounding({ rounding: mode, instalmentMultiple }: Terms, money: (amount: string) => string): string {
  const step = instalmentMultiple === null ? '' : `; instalments in steps of ${money(instalmentMultiple)}`;
  return roundings[mode] + step;
}

function stated(amount: string, currency: string): string {
  const minor = parseAmount(amount, currency);
  if (typeof minor !== 'bigint') throw new Error('a term that is no amount passed its validation');
  return moneyInWords(minor, currency);
}
