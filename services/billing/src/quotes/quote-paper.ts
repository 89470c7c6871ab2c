import type { LocalDate } from '@tenor/calendar';
import type { Fact, Paper, PaperTable, Section } from '@tenor/documents';
import type { Apr, NoRateReason } from '../schedules/apr.ts';
import { type PlannedInstalment, totalOf } from '../schedules/schedule.ts';
import { type IsPrintable, nameFacts, printedName } from './names-on-paper.ts';
import { cheapest, type Quote } from './quote.ts';
import { frequencyInWords, termsInWords } from './terms-in-words.ts';
import { counted, dayInWords, grouped, moneyInWords } from './words.ts';

/** One quote as a borrower reads it, on paper that has the letters that `isPrintable` says. */
export function quotePaper(quote: Quote, madeOn: LocalDate, isPrintable: IsPrintable): Paper {
  return {
    title: quote.product === null ? 'Loan offer' : `Loan offer: ${printedName(quote.product, isPrintable)}`,
    sections: sectionsOf(quote, isPrintable),
    footer: footerOf(madeOn),
  };
}

/** Several side by side, then each of them. */
export function offersPaper(offers: readonly Quote[], madeOn: LocalDate, isPrintable: IsPrintable): Paper {
  return {
    title: `${counted(offers.length, 'loan offer')} compared`,
    sections: [
      comparison(offers, isPrintable),
      ...offers.flatMap((offer, index) => offerSections(offer, index + 1, isPrintable)),
    ],
    footer: footerOf(madeOn),
  };
}

const footerOf = (madeOn: LocalDate): string => `An offer of ${dayInWords(madeOn)}, not a contract.`;

function comparison(offers: readonly Quote[], isPrintable: IsPrintable): Section {
  const best = cheapest(offers);
  const facts =
    best === null ? [] : [{ name: 'Lowest annual rate', says: `offer ${best + 1}, by its annual percentage rate` }];
  return {
    heading: 'Side by side',
    facts,
    table: {
      columns: [
        { heading: 'Offer', align: 'right' },
        { heading: 'Product', align: 'left', wraps: true },
        { heading: 'You receive', align: 'right' },
        { heading: 'Instalments', align: 'left', wraps: true },
        { heading: 'You repay', align: 'right' },
        { heading: 'Total cost', align: 'right' },
        { heading: 'Fees', align: 'right' },
        { heading: 'APR %', align: 'right' },
      ],
      rows: offers.map((offer, index) => [
        String(index + 1),
        offer.product === null ? '' : printedName(offer.product, isPrintable),
        moneyInWords(offer.netDisbursed, offer.currency),
        `${offer.instalments.length}, ${frequencyInWords(offer.terms.frequency)}`,
        moneyInWords(offer.total, offer.currency),
        moneyInWords(offer.totalCost, offer.currency),
        moneyInWords(offer.totalFees, offer.currency),
        offer.apr.reg_z ?? 'none',
      ]),
    },
  };
}

function sectionsOf(quote: Quote, isPrintable: IsPrintable): Section[] {
  const { terms, currency, instalments, disbursements, product } = quote;
  const from = disbursements[0]?.on;
  if (from === undefined) throw new Error('A quote has no disbursement.');
  const named = product === null ? [] : nameFacts(product, isPrintable);
  return [
    { heading: 'What you get and what it costs', facts: [...named, ...costFacts(quote)] },
    { heading: 'The terms', facts: termsInWords({ terms, currency, from, instalments }) },
    { heading: 'Your instalments', facts: [], table: instalmentsTable(instalments, currency) },
  ];
}

/** The same under the number of the offer, on pages of its own. */
function offerSections(offer: Quote, number: number, isPrintable: IsPrintable): Section[] {
  const name =
    offer.product === null ? `Offer ${number}` : `Offer ${number}: ${printedName(offer.product, isPrintable)}`;
  return [{ heading: name, facts: [], onNewPage: true }, ...sectionsOf(offer, isPrintable)];
}

/** What a borrower gets, gives back and pays for it. */
export function costFacts(quote: Quote): Fact[] {
  const { currency, instalments, paidOut, deductedFees, financedFees } = quote;
  const money = (minor: bigint): string => moneyInWords(minor, currency);
  const [first, last] = [instalments[0], instalments.at(-1)];
  const facts = [
    ...paidOut.map(({ on, amount }) => ({ name: 'You receive', says: `${money(amount)} on ${dayInWords(on)}` })),
    ...(deductedFees > 0n ? [{ name: 'Kept back as fees', says: money(deductedFees) }] : []),
    ...(financedFees > 0n ? [{ name: 'Fees lent on top', says: money(financedFees) }] : []),
    {
      name: 'You repay',
      says: `${money(quote.total)} in ${counted(instalments.length, 'instalment')}${first && last ? `, from ${dayInWords(first.dueDate)} to ${dayInWords(last.dueDate)}` : ''}`,
    },
    {
      name: 'Total cost',
      says: `${money(quote.totalCost)}: interest ${money(quote.totalInterest)}, fees and tax ${money(quote.totalFees)}`,
    },
  ];
  return [...facts, ...aprFacts(quote.apr)];
}

const reasons: Readonly<Record<NoRateReason, string>> = {
  nothing_advanced: 'there is none, since nothing is paid out that is not repaid on the same day',
  less_repaid_than_advanced: 'there is none, since less is repaid than is paid out',
  too_high: 'it is higher than this system states',
};

/** Both annual rates in words, or why there is none. */
export function aprFacts({ reg_z: regZ, eu, reason }: Apr): Fact[] {
  const says = (rate: string | null): string => (rate === null ? reasons[reason ?? 'too_high'] : `${rate} %`);
  return [
    { name: 'Annual percentage rate', says: `${says(regZ)} (United States, Regulation Z)` },
    { name: 'Effective annual rate', says: `${says(eu)} (European Union, consumer credit)` },
  ];
}

/** The columns of a schedule on paper; amounts with their thousands apart. */
export function instalmentsTable(instalments: readonly PlannedInstalment[], currency: string): PaperTable {
  const amount = (minor: bigint): string => grouped(minor, currency);
  const sum = (of: (instalment: PlannedInstalment) => bigint): string =>
    amount(instalments.reduce((total, instalment) => total + of(instalment), 0n));
  return {
    columns: [
      { heading: 'No.', align: 'right' },
      { heading: 'Due date', align: 'left' },
      { heading: 'Principal', align: 'right' },
      { heading: 'Interest', align: 'right' },
      { heading: 'Fees', align: 'right' },
      { heading: `Total (${currency})`, align: 'right' },
      { heading: 'Principal left', align: 'right' },
    ],
    rows: instalments.map((instalment) => [
      String(instalment.number),
      dayInWords(instalment.dueDate),
      amount(instalment.principal),
      amount(instalment.interest),
      amount(instalment.fee),
      amount(totalOf(instalment)),
      amount(instalment.balanceAfter),
    ]),
    totals: [
      '',
      'Total',
      sum(({ principal }) => principal),
      sum(({ interest }) => interest),
      sum(({ fee }) => fee),
      sum(totalOf),
      '',
    ],
  };
}
