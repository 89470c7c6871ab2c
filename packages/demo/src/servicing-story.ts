import { addDays, type LocalDate } from '@tenor/calendar';
import { formatAmount, parseAmount } from '@tenor/money';
import type { Lender, Money } from './lender.ts';
import type { Narrator } from './narrator.ts';
import { until } from './until.ts';

const usd = (amount: string): Money => ({ amount, currency: 'USD' });

/**
 * 36.5 % a year is 0.1 % a day of 365, so each period of ten days costs 1 % of the balance; a penalty costs 0.1 % a day
 * of what is late, after two days of grace, at most 5.00 for an instalment. Nothing depends on which day today is.
 */
const product = {
  code: 'ten-days-declining',
  name: 'Every ten days, on the declining balance',
  currency: 'USD',
  terms: {
    interest_method: 'equal_principal',
    annual_rate_percent: '36.5',
    day_count: 'act/365',
    frequency: { every: 10, unit: 'day' },
    number_of_instalments: 4,
  },
  penalty: { percent_per_day: '0.1', grace_days: 2, cap: '5.00' },
  settlement: { payoff: 'to_the_day' },
};
/** How long ago the loan began: its last instalment falls due in two days. */
const AGE_DAYS = 38;

/** The loan of the story, and how its days are told: as days since it began. */
interface Told {
  readonly lender: Lender;
  readonly tell: Narrator;
  readonly customerId: string;
  readonly loanId: string;
  readonly day: (number: number) => LocalDate;
}

/** What a chapter leaves: principal, interest, fee and penalty; their sum; what is due; missed in a row, days past due. */
interface Expected {
  readonly parts: readonly [principal: string, interest: string, fee: string, penalty: string];
  readonly total: string;
  readonly dueNow: string;
  readonly arrears: string;
  readonly lateness: readonly [missed: number, daysPastDue: number, isDelinquent: boolean];
}

/**
 * A live loan with a penalty, a payment dated back, a charge and a waiver, a reversal, a pause, a restructure and a payoff;
 * the books balance after each. Every number is worked out by hand in docs/servicing.md.
 */
export async function tellOfALiveLoan(lender: Lender, tell: Narrator, today: LocalDate): Promise<void> {
  const start = addDays(today, -AGE_DAYS);
  const told = await runLate({ lender, tell, day: (number) => addDays(start, number) });
  const first = await payLateAndDatedBack(told);
  await chargeAndWaive(told);
  await reverse(told, first);
  await pauseAndResume(told);
  await restructure(told);
  await payOff(told);
}

async function runLate(told: Omit<Told, 'customerId' | 'loanId'>): Promise<Told> {
  const { lender, tell, day } = told;
  tell.chapter('6. A loan runs late, and costs a penalty');
  await lender.product(product);
  const customerId = await lender.customer('Gita');
  const { id: loanId } = await lender.open(customerId, {
    product: product.code,
    principal: usd('1200.00'),
    disbursed_on: day(0),
  });
  tell.say(`$ 1,200 of ${day(0)} at 0.1 % a day in four instalments, of which nothing was paid:`);
  const schedule = await lender.schedule(loanId, `?as_of=${day(0)}`);
  tell.table(
    ['no', 'due', 'principal', 'interest', 'total', 'unpaid'],
    schedule.map(({ number, due_date, ...of }) => [
      `${number}`,
      due_date,
      of.principal,
      of.interest,
      of.total,
      of.unpaid,
    ]),
  );
  const planned = schedule.map(({ total }) => total);
  tell.check('instalments', planned, ['312.00', '309.00', '306.00', '303.00']);
  const owed = async (number: number) => (await lender.owed(loanId, `?as_of=${day(number)}`)).penalty;
  tell.check('penalty after the grace, and a day later', [await owed(12), await owed(13)], ['0.00', '0.31']);
  const late = async (number: number) => (await lender.delinquency(loanId, `?as_of=${day(number)}`)).is_delinquent;
  tell.check('delinquent with the second one missed', [await late(20), await late(21)], [false, true]);
  const all = { ...told, customerId, loanId };
  await theBooksBalance(all, {
    parts: ['1200.00', '30.00', '0.00', '11.78'],
    total: '1241.78',
    dueNow: '938.78',
    arrears: '938.78',
    lateness: [3, 28, true],
  });

  tell.say('The daily check tells whoever subscribes that the fourth falls due in two days; it changes no balance:');
  const today = day(AGE_DAYS);
  const checked = await lender.checkDay(today, 'check');
  tell.check('daily check', [checked.status, checked.total - checked.done], ['finished', 0]);
  const again = await lender.checkDay(today, 'check-again');
  tell.check('loans that a second check has to visit', again.done - checked.done, 0);
  tell.check('outstanding', await lender.outstanding(loanId), '1241.78');
  return all;
}

/** Returns the payment that is dated back. */
async function payLateAndDatedBack(told: Told): Promise<string> {
  const { lender, tell, customerId, day } = told;
  tell.chapter('7. A payment turns up that had come in time');
  await lender.pay(customerId, usd('400.00'), 'gita-late', { value_date: day(25) });
  tell.say('$ 400 came on day 25: for the first instalment with its penalty, and a part of the second.');
  await theBooksBalance(told, {
    parts: ['825.99', '9.00', '0.00', '4.77'],
    total: '839.76',
    dueNow: '536.76',
    arrears: '536.76',
    lateness: [2, 18, true],
  });
  const { body: first } = await lender.pay(customerId, usd('312.00'), 'gita-in-time', { value_date: day(10) });
  tell.say('$ 312 of day 10 is found on a bank statement: the first was never late, and the $ 400 move on.');
  await theBooksBalance(told, {
    parts: ['515.93', '3.00', '0.00', '1.30'],
    total: '520.23',
    dueNow: '217.23',
    arrears: '217.23',
    lateness: [1, 8, false],
  });
  return first.id;
}

async function chargeAndWaive(told: Told): Promise<void> {
  const { tell, day } = told;
  tell.chapter('8. A fee is charged, and a penalty waived');
  const charge = { component: 'fee', code: 'field_visit', amount: usd('15.00'), value_date: day(35) };
  await changeAsSimulated(told, 'charges', charge);
  await changeAsSimulated(told, 'waivers', { component: 'penalty', value_date: day(37), reason: 'a flood' });
  tell.say('The fee waits for the fourth instalment; of the penalty, what today costs is owed again.');
  await theBooksBalance(told, {
    parts: ['515.93', '3.00', '15.00', '0.22'],
    total: '534.15',
    dueNow: '216.15',
    arrears: '216.15',
    lateness: [1, 8, false],
  });
}

async function reverse(told: Told, paymentId: string): Promise<void> {
  const { lender, tell, loanId } = told;
  tell.chapter('9. The payment of day 10 bounces');
  const { known_at } = await lender.owed(loanId);
  await lender.reverse(paymentId, 'gita-reverse');
  await until(async () => (await lender.outstanding(loanId)) === '850.52');
  tell.say('The loan is as if it had never come; the waiver gives up what was owed without it.');
  await theBooksBalance(told, {
    parts: ['825.99', '9.00', '15.00', '0.53'],
    total: '850.52',
    dueNow: '532.52',
    arrears: '532.52',
    lateness: [2, 18, true],
  });
  const then = await lender.owed(loanId, `?known_at=${encodeURIComponent(known_at)}`);
  tell.check('what was known before, asked for now', then.total, '534.15');
}

async function pauseAndResume(told: Told): Promise<void> {
  const { lender, tell, loanId, day } = told;
  tell.chapter('10. Delinquency is paused, and goes on');
  await lender.change(loanId, 'delinquency-pauses', { value_date: day(31), reason: 'a flood' }, 'gita-pause');
  tell.say('From day 31 on no day counts as late, so the third is not missed:');
  await theBooksBalance(told, {
    parts: ['825.99', '9.00', '15.00', '0.53'],
    total: '850.52',
    dueNow: '532.52',
    arrears: '226.21',
    lateness: [1, 10, false],
  });
  await lender.change(loanId, 'delinquency-pauses/resume', {}, 'gita-resume');
  tell.say('Resumed today, it counts again, by one day:');
  await theBooksBalance(told, {
    parts: ['825.99', '9.00', '15.00', '0.53'],
    total: '850.52',
    dueNow: '532.52',
    arrears: '532.52',
    lateness: [2, 11, true],
  });
}

async function restructure(told: Told): Promise<void> {
  const { lender, tell, loanId } = told;
  tell.chapter('11. The rest is restructured');
  const asked = { annual_rate_percent: '18.25', number_of_instalments: 3, reason: 'less income' };
  await changeAsSimulated(told, 'restructure', asked);
  tell.say('What is not due yet is paid in three instead of one, at half the rate from today on:');
  const fresh = (await lender.schedule(loanId)).slice(3);
  tell.table(
    ['no', 'due', 'principal', 'interest', 'unpaid'],
    fresh.map(({ number, due_date, principal, interest, unpaid }) => [
      `${number}`,
      due_date,
      principal,
      interest,
      unpaid,
    ]),
  );
  const unpaid = fresh.map((instalment) => instalment.unpaid);
  tell.check('new instalments, the first with the fee', unpaid, ['117.70', '101.00', '100.50']);
  await theBooksBalance(told, {
    parts: ['825.99', '10.20', '15.00', '0.53'],
    total: '851.72',
    dueNow: '532.52',
    arrears: '532.52',
    lateness: [2, 11, true],
  });
}

async function payOff(told: Told): Promise<void> {
  const { lender, tell, customerId, loanId } = told;
  tell.chapter('12. The loan is paid off');
  const quotes = [await lender.payoff(loanId, 'to_the_day'), await lender.payoff(loanId, 'to_period_end')];
  tell.check('payoff today, to the day and to the end of the period', quotes, ['849.92', '850.22']);
  const { body: payment } = await lender.pay(customerId, usd('850.00'), 'gita-payoff');
  tell.check('left after $ 850, as any payment', await lender.outstanding(loanId), '1.72');
  await changeAsSimulated(told, 'prepay', { payment_id: payment.id });
  tell.check('status', (await lender.loan(loanId)).status, 'paid');
  tell.check('credit, of $ 850', await lender.credit(customerId, 'USD'), '0.08');
  await theBooksBalance(told, {
    parts: ['0.00', '0.00', '0.00', '0.00'],
    total: '0.00',
    dueNow: '0.00',
    arrears: '0.00',
    lateness: [0, 0, false],
  });
}

/** Does what a simulation showed first, and checks that it came so. */
async function changeAsSimulated({ lender, tell, loanId }: Told, command: string, body: object): Promise<void> {
  const simulated = await lender.simulate(loanId, command, body);
  await lender.change(loanId, command, body, `gita-${command}`);
  const { known_at: _, ...after } = await lender.owed(loanId);
  const { known_at: __, ...foreseen } = simulated.outstanding;
  const schedule = await lender.schedule(loanId);
  const isSame = JSON.stringify([after, schedule]) === JSON.stringify([foreseen, simulated.schedule.instalments]);
  tell.check(`${command}: as simulated`, isSame, true);
}

async function theBooksBalance(told: Told, expected: Expected): Promise<void> {
  const { lender, tell, customerId, loanId, day } = told;
  const { principal, interest, fee, penalty, total, due_now } = await lender.owed(loanId);
  tell.check('principal, interest, fee, penalty', [principal, interest, fee, penalty], expected.parts);
  tell.check('outstanding, and due', [total, due_now], [expected.total, expected.dueNow]);
  const { consecutive_missed, days_past_due, is_delinquent, arrears } = await lender.delinquency(loanId);
  const lateness = [consecutive_missed, days_past_due, is_delinquent];
  tell.check('missed in a row, days past due, delinquent', lateness, expected.lateness);
  tell.check('arrears', arrears, expected.arrears);
  const unpaid = (await lender.schedule(loanId)).map((instalment) => instalment.unpaid);
  tell.check('the schedule sums to it', sum(unpaid), expected.total);
  const { fold_equals_projection, chain_verified, ledger_equals_fold } = await lender.proof(loanId);
  const proven = [fold_equals_projection, chain_verified, ledger_equals_fold];
  tell.check('journal, hash chain and ledger agree', proven, [true, true, true]);
  const books = await lender.trialBalance(product.currency);
  tell.check('debits equal credits', books?.debits, books?.credits);
  const differing = await lender.differences(customerId, day(0), day(AGE_DAYS));
  tell.check('payments on which the two services differ', differing.length, 0);
}

function sum(amounts: readonly string[]): string {
  const minors = amounts.map((amount) => parseAmount(amount, product.currency));
  return formatAmount(
    minors.reduce<bigint>((total, minor) => total + (typeof minor === 'bigint' ? minor : 0n), 0n),
    product.currency,
  );
}
