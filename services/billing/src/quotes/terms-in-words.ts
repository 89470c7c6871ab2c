import type { BusinessDayRule, DayCount, Frequency } from '@tenor/calendar';
import { parseAmount, type RoundingMode } from '@tenor/money';
import { type FeeTerm, type InterestMethod, interestMethods, type Terms } from '../products/terms.ts';
import { counted, moneyInWords } from './words.ts';

/** One term as a borrower reads it. */
export interface TermInWords {
  readonly name: string;
  readonly says: string;
}

/** What the terms mean for a borrower, in plain English; what has no effect is left out. */
export function termsInWords(terms: Terms, currency: string): TermInWords[] {
  const money = (amount: string): string => stated(amount, currency);
  const said: { name: string; says: string | undefined }[] = [
    { name: 'Interest', says: interest[terms.interestMethod](terms, money) },
    { name: 'Repayment', says: repayment(terms) },
    { name: 'Down payment', says: downPayment(terms) },
    { name: 'Grace', says: grace(terms) },
    { name: 'Fees', says: fees(terms, money) },
    { name: 'Tax', says: tax(terms) },
    { name: 'Closed days', says: closedDays(terms) },
    { name: 'Counting of days', says: countingOfDays(terms) },
    { name: 'Rounding', says: rounding(terms, money) },
  ];
  return said.flatMap(({ name, says }) => (says === undefined ? [] : [{ name, says }]));
}

type Saying = (terms: Terms, money: (amount: string) => string) => string;

const onBalance = (terms: Terms): string => `${rate(terms)} on what is still owed`;

const interest: Readonly<Record<InterestMethod, Saying>> = {
  flat: ({ flatRatePercent, flatRateBasis }) =>
    `${flatRatePercent} % of the amount lent ${flatRateBasis === 'whole_term' ? 'for the whole term' : 'for each year'}, whatever is repaid in the meantime`,
  annuity: (terms) => `${onBalance(terms)}; all instalments are equal, the last takes what rounding leaves`,
  equal_principal: (terms) => `${onBalance(terms)}; each instalment repays the same principal`,
  bullet: (terms) =>
    terms.bulletInterest === 'at_end'
      ? `${rate(terms)} on the amount lent, paid with it at the end`
      : `${onBalance(terms)}, paid with each instalment; the last repays the amount lent`,
  balloon: (terms, money) =>
    `${onBalance(terms)}; the last instalment repays ${money(terms.balloonAmount ?? '0')} at once`,
  fixed_instalment: ({ instalmentAmount }, money) => `contained in instalments of ${money(instalmentAmount ?? '0')}`,
  none: () => 'none',
};

function rate({ annualRatePercent, monthlyRatePercent, indexRate }: Terms): string {
  if (annualRatePercent !== null) return `${annualRatePercent} % a year`;
  if (monthlyRatePercent !== null) return `${monthlyRatePercent} % a month`;
  if (indexRate === null) throw new Error('terms without a rate passed their validation');
  return `${indexRate.index} and ${indexRate.marginPercent} % a year, by the values of the index known today,`;
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

const shifts: Readonly<Record<BusinessDayRule, string>> = {
  none: 'it stays there',
  following: 'it moves to the next open day',
  modified_following: 'it moves to the next open day of its month, else to the one before',
  preceding: 'it moves to the open day before',
};

function closedDays({ calendar, businessDayRule }: Terms): string | undefined {
  return calendar === null
    ? undefined
    : `where a due date falls on a closed day (calendar ${calendar}), ${shifts[businessDayRule]}`;
}

/** Where interest does not depend on the dates there is nothing to count. */
function countingOfDays({ interestMethod, flatRateBasis, dayCount }: Terms): string | undefined {
  const isDated = interestMethods[interestMethod].rate === 'periodic' || flatRateBasis === 'per_annum';
  return isDated ? dayCounting[dayCount] : undefined;
}

const dayCounting: Readonly<Record<DayCount, string>> = {
  '30/360': 'each month counts 30 days, a year 360 (30/360)',
  'act/360': 'the days that pass, over a year of 360 (act/360)',
  'act/364': 'the days that pass, over a year of 364 (act/364)',
  'act/365': 'the days that pass, over a year of 365 (act/365)',
  'act/act-isda': 'the days that pass, over the 365 or 366 of their year (act/act-isda)',
  'act/act-fineract': 'the days that pass, over the 365 or 366 of their year (act/act-fineract)',
};

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
