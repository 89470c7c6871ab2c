import { addDays, type LocalDate } from '@tenor/calendar';
import type { Instalment, Lender, Loan, Money, Quote } from './lender.ts';
import type { Narrator } from './narrator.ts';
import { until } from './until.ts';

const rupiah = (amount: string): Money => ({ amount, currency: 'IDR' });
const rupee = (amount: string): Money => ({ amount, currency: 'INR' });

/** The main job, told on real numbers: every one is checked against the value worked out by hand. */
export async function tellTheMainJob(lender: Lender, tell: Narrator, today: LocalDate): Promise<void> {
  await compareOffers(lender, tell);
  const weekly = await openTheLoans(lender, tell);
  await payExactly(lender, tell, weekly);
  await turnDelinquentAndCatchUp(lender, tell, today);
  await overpayTheLast(lender, tell);
}

async function compareOffers(lender: Lender, tell: Narrator): Promise<void> {
  tell.chapter('1. Offers are compared');
  const principal = rupiah('2000000.00');
  const annuity = { interest_method: 'annuity', frequency: { every: 1, unit: 'week' }, number_of_instalments: 50 };
  const kept = { code: 'origination', charged: 'at_disbursement', amount: null, percent: '2', treatment: 'deducted' };
  tell.say('Rp 2,000,000 for 50 weeks: 10 % flat; 19.5 % a year on the balance; 18 % and a fee of 2 %, kept back:');
  const { offers, cheapest } = await lender.compare([
    { product: 'weekly-flat-50', principal },
    { terms: { ...annuity, annual_rate_percent: '19.5' }, principal },
    { terms: { ...annuity, annual_rate_percent: '18', fees: [kept] }, principal },
  ]);
  showOffers(tell, offers);
  const rates = offers.map(({ apr }) => apr.reg_z);
  tell.check('annual rates, all that must be paid counted', rates, ['19.78', '19.72', '22.47']);
  tell.check(
    'what they cost in all',
    offers.map(({ total_cost }) => total_cost),
    ['200000.00', '199348.00', '223590.65'],
  );
  tell.check('the cheapest, from 0', cheapest, 1);
}

interface Opened {
  readonly customerId: string;
  readonly loan: Loan;
}

async function openTheLoans(lender: Lender, tell: Narrator): Promise<Opened> {
  tell.chapter('2. Three loans are opened');
  const customerId = await lender.customer('Ana');
  const small = await lender.open(customerId, { product: 'weekly-flat-50', principal: rupiah('2000000.00') });
  tell.say('Rp 2,000,000 for 50 weeks at a flat 10 %:');
  const schedule = await lender.schedule(small.id);
  showSchedule(tell, schedule);
  tell.check('each of the 50 instalments', [...new Set(schedule.map(({ total }) => total))], ['44000.00']);
  tell.check('total', small.total.amount, '2200000.00');

  const other = await lender.customer('Budi');
  const large = await lender.open(other, { product: 'weekly-flat-50', principal: rupiah('5000000.00') });
  tell.check('Rp 5,000,000: total', large.total.amount, '5500000.00');
  tell.check('Rp 5,000,000: first instalment', (await lender.schedule(large.id))[0]?.total, '110000.00');
  const odd = await lender.open(other, { product: 'weekly-flat-50', principal: rupiah('5000001.00') });
  tell.check('Rp 5,000,001: nothing is lost to rounding', odd.total.amount, '5500001.10');

  const third = await lender.customer('Chitra');
  const annuity = await lender.open(third, {
    product: 'monthly-annuity',
    principal: rupee('100000.00'),
    terms: { annual_rate_percent: '10.5', number_of_instalments: 12 },
  });
  tell.say('Rs 100,000 at 10.5 % a year in 12 equal monthly instalments:');
  const monthly = await lender.schedule(annuity.id);
  showSchedule(tell, monthly);
  tell.check('the instalment', monthly[0]?.total, '8814.86');
  return { customerId, loan: small };
}

async function payExactly(lender: Lender, tell: Narrator, { customerId, loan }: Opened): Promise<void> {
  tell.chapter('3. Payments settle over Kafka, and the balance follows');
  for (const week of [1, 2, 3]) {
    const { body } = await lender.pay(customerId, rupiah('44000.00'), `ana-week-${week}`);
    tell.check(`payment of week ${week}`, body.status, 'applied');
  }
  tell.check('outstanding after three payments', await lender.outstanding(loan.id), '2068000.00');

  tell.say('The third is sent again with its key, as a client does that lost the answer:');
  const again = await lender.pay(customerId, rupiah('44000.00'), 'ana-week-3');
  tell.check('Idempotency-Replayed', again.headers.get('idempotency-replayed'), 'true');
  tell.check('outstanding', await lender.outstanding(loan.id), '2068000.00');

  const wrong = await lender.pay(customerId, rupiah('50000.00'), 'ana-inexact');
  tell.check(
    'a payment that is no whole instalment is refused',
    [wrong.status, wrong.body.code],
    [422, 'payment_not_exact'],
  );
}

async function turnDelinquentAndCatchUp(lender: Lender, tell: Narrator, today: LocalDate): Promise<void> {
  tell.chapter('4. Two weeks are missed, then caught up');
  const start = addDays(today, -22);
  const customerId = await lender.customer('Dewi');
  const loan = await lender.open(customerId, {
    product: 'weekly-flat-50',
    principal: rupiah('2000000.00'),
    disbursed_on: start,
  });
  tell.say(`A loan of ${start}; the first week was paid on its day, the second and third were not.`);
  await lender.pay(customerId, rupiah('44000.00'), 'dewi-week-1', { value_date: addDays(start, 7) });
  const late = await lender.delinquency(loan.id);
  tell.check('consecutive missed', late.consecutive_missed, 2);
  tell.check('days past due', late.days_past_due, 8);
  tell.check('arrears', late.arrears, '88000.00');
  tell.check('delinquent', late.is_delinquent, true);

  await lender.pay(customerId, rupiah('88000.00'), 'dewi-catches-up');
  const cured = await lender.delinquency(loan.id);
  tell.check('delinquent after catching up', cured.is_delinquent, false);
  tell.check('arrears', cured.arrears, '0.00');
}

async function overpayTheLast(lender: Lender, tell: Narrator): Promise<void> {
  tell.chapter('5. The last instalment is overpaid, and a payment is reversed');
  const customerId = await lender.customer('Eka');
  const loan = await lender.open(customerId, { product: 'weekly-flat-50', principal: rupiah('5000000.00') });
  const first = await lender.pay(customerId, rupiah('110000.00'), 'eka-first');
  await lender.pay(customerId, rupiah('5280000.00'), 'eka-48-weeks');
  tell.check('outstanding before the last', await lender.outstanding(loan.id), '110000.00');
  const last = await lender.pay(customerId, rupiah('110500.00'), 'eka-last');
  tell.check('applied of 110,500', last.body.allocations[0]?.amount, '110000.00');
  tell.check('kept as credit', last.body.unapplied, '500.00');
  tell.check('status', (await lender.loan(loan.id)).status, 'paid');
  tell.check('credit balance', await lender.credit(customerId, 'IDR'), '500.00');
  const refused = await lender.pay(customerId, rupiah('1.00'), 'eka-nothing-owed');
  tell.check('one more payment', [refused.status, refused.body.code], [422, 'nothing_owed']);

  tell.say('The first payment turns out to be a mistake and is reversed; what came after it moves up:');
  tell.check('the payment', (await lender.reverse(first.body.id, 'eka-reverse')).body.status, 'reversed');
  await until(async () => (await lender.loan(loan.id)).status === 'active');
  tell.check('status', (await lender.loan(loan.id)).status, 'active');
  tell.check('outstanding: one instalment less the credit', await lender.outstanding(loan.id), '109500.00');
  tell.check('credit balance', await lender.credit(customerId, 'IDR'), '0.00');
  const proof = await lender.proof(loan.id);
  tell.check('the fold of the journal is the projection', proof['fold_equals_projection'], true);
  tell.check('the hash chain holds', proof['chain_verified'], true);
}

function showOffers(tell: Narrator, offers: readonly Quote[]): void {
  tell.table(
    ['offer', 'received', 'a week', 'repaid', 'cost', 'fees', 'APR', 'EU'],
    offers.map(({ net_disbursed, instalments, total, total_cost, total_fees, apr }, index) => [
      String(index + 1),
      net_disbursed,
      instalments[0]?.total ?? '',
      total,
      total_cost,
      total_fees,
      `${apr.reg_z} %`,
      `${apr.eu} %`,
    ]),
  );
}

function showSchedule(tell: Narrator, schedule: readonly Instalment[]): void {
  const shown = schedule.length > 4 ? [...schedule.slice(0, 3), ...schedule.slice(-1)] : schedule;
  tell.table(
    ['no', 'due', 'principal', 'interest', 'total'],
    shown.map(({ number, due_date, principal, interest, total }) => [
      String(number),
      due_date,
      principal,
      interest,
      total,
    ]),
  );
}
