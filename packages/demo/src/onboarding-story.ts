import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SampleOptions, sampleRows, writeCustomerFile, writeLoanFile } from '@tenor/sample-files';
import type { CreditDesk, Job } from './credit-desk.ts';
import type { Money } from './lender.ts';
import type { Narrator } from './narrator.ts';
import type { Outside } from './outside.ts';
import { until } from './until.ts';

interface Told {
  readonly desk: CreditDesk;
  readonly outside: Outside;
  readonly tell: Narrator;
}

/** Whom the simulated core banking knows. */
const AMINA = '234774784';
const BRIAN = '318411216';
const CHEBET = '340397370';
const DAVID = '366585630';
const ESTHER = '397178638';

const shillings = (amount: string): Money => ({ amount, currency: 'KES' });
const rupees = (amount: string): Money => ({ amount, currency: 'INR' });

/**
 * Customers who come through core banking and are scored outside, one whom Tenor's own score decides about, and a
 * lender's files of customers and loans with their past; outside systems fail on the way.
 *
 * @param run makes what it creates unique
 */
export async function tellOfOnboarding(told: Told, run: string, sample: SampleOptions): Promise<void> {
  const { outside } = told;
  try {
    const customers = await meetCustomers(told);
    await scoreOutside(told, customers);
    await failOutside(told, customers);
  } finally {
    await Promise.all([outside.coreBanking({}), outside.scoring({})]);
  }
  await decideByOwnScore(told, run);
  await importFiles(told, sample);
}

interface Known {
  readonly id: string;
  readonly email: string;
}
type Customers = Readonly<Record<string, Known>>;

async function meetCustomers({ desk, tell }: Told): Promise<Customers> {
  tell.chapter('13. Five customers come, and core banking says who they are');
  const known: Record<string, Known> = {};
  const names: string[] = [];
  for (const number of [AMINA, BRIAN, CHEBET, DAVID, ESTHER]) {
    const id = await desk.customer(number);
    const { first_name, last_name, email } = await desk.knowCustomer(id);
    known[number] = { id, email };
    names.push(`${first_name} ${last_name}`);
  }
  const expected = ['Amina Otieno', 'Brian Kamau', 'Chebet Koech', 'David Mwangi', 'Esther Njeri'];
  tell.check('names by their customer numbers', names, expected);
  const nobody = await desk.customer('999999999');
  const refused = await desk.knowCustomer(nobody).catch((error: Error) => error.message);
  tell.check('a number that core banking does not know', String(refused).includes('kyc_not_found'), true);
  return known;
}

const of = (customers: Customers, number: string): Known => {
  const known = customers[number];
  if (known === undefined) throw new Error(`nobody has the number ${number}`);
  return known;
};

async function scoreOutside({ desk, outside, tell }: Told, customers: Customers): Promise<void> {
  tell.chapter('14. A scoring engine decides: it asks for transactions, and answers with a score and a limit');
  const amina = of(customers, AMINA);
  const told = async () => (await outside.emails(amina.email)).filter((subject) => subject.includes('approved'));
  const before = (await told()).length;
  const applied = await desk.apply(amina.id, shillings('10000.00'));
  tell.check('Amina applies for KES 10,000', [applied.status, applied.body.status], [201, 'pending']);
  tell.check('within the limit', (await desk.decided(applied.body.id)).status, 'active');
  const { score, limit_amount, exclusion } = await desk.score(applied.body.id);
  tell.check('score, limit, exclusion', [score, limit_amount, exclusion], ['564', '30000', 'No Exclusion']);
  await until(async () => (await told()).length > before);
  tell.check('e-mails that tell her so', (await told()).length - before, 1);

  const brian = await desk.apply(of(customers, BRIAN).id, shillings('40000.00'));
  tell.check('Brian, for KES 40,000: above the limit', (await desk.decided(brian.body.id)).status, 'rejected');
  await outside.scoring({ excluded: true });
  const chebet = await desk.apply(of(customers, CHEBET).id, shillings('5000.00'));
  tell.check('Chebet, whom the engine excludes', (await desk.decided(chebet.body.id)).status, 'rejected');
  await outside.scoring({});
}

async function failOutside({ desk, outside, tell }: Told, customers: Customers): Promise<void> {
  tell.chapter('15. Outside systems go down and come back');
  const david = of(customers, DAVID);
  await outside.scoring({ create_client: 'down', initiate: 'down', query: 'down' });
  const waiting = await desk.apply(david.id, shillings('20000.00'));
  tell.check('scoring is down: the loan is there, and waits', [waiting.status, waiting.body.status], [201, 'pending']);
  const again = await desk.apply(david.id, shillings('20000.00'));
  tell.check('a second application', [again.status, again.body.code], [409, 'application_pending']);
  await outside.scoring({});
  tell.check('scoring is back: decided by itself', (await desk.decided(waiting.body.id)).status, 'active');

  const esther = of(customers, ESTHER);
  await outside.coreBanking({ customer: 'down' });
  const refused = await desk.apply(esther.id, shillings('8000.00'));
  tell.check(
    'core banking is down: nothing is written',
    [refused.status, refused.body.code],
    [503, 'core_banking_unavailable'],
  );
  await outside.coreBanking({});
  let taken = await desk.apply(esther.id, shillings('8000.00'));
  // It is left alone for some seconds after it failed.
  await until(async () => {
    if (taken.status === 503) taken = await desk.apply(esther.id, shillings('8000.00'));
    return taken.status === 201;
  });
  tell.check('core banking is back: taken', taken.status, 201);
  tell.check('and approved', (await desk.decided(taken.body.id)).status, 'active');
}

async function decideByOwnScore({ desk, tell }: Told, run: string): Promise<void> {
  tell.chapter("16. Tenor's own score decides while the loan is opened");
  const income = { monthly_income: rupees('12500.00'), limit_policy: 'income_36' };
  const customerId = await desk.customer(`${run}-farah`, { first_name: 'Farah', ...income });
  const { limit } = await desk.limit(customerId);
  tell.check('36 times an income of 12,500, to the nearest 100,000', limit, '500000.00');
  const terms = { annual_rate_percent: '10.5', number_of_instalments: 12 };
  const asked = { product: 'credit-annuity', principal: rupees('100000.00'), terms };
  const offer = await desk.eligibility(customerId, asked);
  tell.check('score without a history', offer.score.value, 50);
  tell.check('10.5 % is below its band', [offer.decision, offer.corrected_rate_percent], ['approved', '12']);
  tell.check('the instalment at 12 %', offer.instalment, '8884.88');
  tell.check(
    'half of the income, before and with it',
    [offer.headroom_now, offer.headroom_with_new],
    ['6250.00', '-2634.88'],
  );
  const refused = await desk.apply(customerId, asked.principal, asked);
  tell.check('at 10.5 % it is refused', [refused.status, refused.body.code], [422, 'not_eligible']);
  const opened = await desk.apply(customerId, asked.principal, { ...asked, accept_corrected_rate: true });
  tell.check('at the corrected rate it is paid out', [opened.status, opened.body.status], [201, 'active']);
  const second = await desk.eligibility(customerId, asked);
  tell.check('a second one: instalments are above half of the income', second.decision, 'declined');
  tell.check(
    'because',
    second.reasons.filter((reason) => reason.includes('cap')),
    ['instalments_above_cap'],
  );
  tell.check('available of the limit', (await desk.limit(customerId)).available, '400000.00');
}

async function importFiles({ desk, tell }: Told, sample: SampleOptions): Promise<void> {
  tell.chapter("17. A lender's files: customers, and loans with their past");
  const rows = sampleRows(sample);
  const folder = await mkdtemp(join(tmpdir(), 'tenor-demo-'));
  const file = (name: string) => join(folder, name);
  try {
    await writeCustomerFile(file('customer_data.xlsx'), rows);
    await writeLoanFile(file('loan_data.xlsx'), rows);
    const customers = await desk.importFile(file('customer_data.xlsx'), { kind: 'customers' });
    report(tell, 'customer_data.xlsx', customers, rows.customers.length);
    const loans = await desk.importFile(file('loan_data.xlsx'), { kind: 'loans', as_of: rows.asOf });
    report(tell, 'loan_data.xlsx', loans, rows.loans.length);

    const bad = 'Customer ID,First Name,Last Name,Age,Phone Number,Monthly Salary,Approved Limit\n';
    await writeFile(file('faulty.csv'), `${bad}1000001,=Bo,Li,old,9629317945,50000,900000\n`);
    const faulty = await desk.importFile(file('faulty.csv'), { kind: 'customers' });
    const [refused] = await desk.refusedRows(faulty);
    const where = [faulty.rows_refused, refused?.row, refused?.refusal.code, refused?.refusal.errors[0]?.pointer];
    tell.check('a faulty row is told of: how many, which, why, where', where, [1, 2, 'validation_failed', '/Age']);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const [first] = rows.loans;
  if (first === undefined) throw new Error('the sample has no loans');
  const customerId = await desk.customer(String(first.customerNumber));
  const own = rows.loans.filter(({ customerNumber }) => customerNumber === first.customerNumber).length;
  const terms = { annual_rate_percent: '17', number_of_instalments: 12 };
  const asked = { product: 'credit-annuity', principal: rupees('1000.00'), terms };
  const { score } = await desk.eligibility(customerId, asked);
  tell.check(`loans that the score of customer ${first.customerNumber} counts`, score.history.past_loans, own);
  tell.say(`Their past gives a score of ${score.value}.`);
}

/** In a second telling every row is known already. */
function report(tell: Narrator, file: string, job: Job, rows: number): void {
  tell.say(`${file}: ${job.rows_done} done, ${job.rows_repeated} known already, ${job.rows_refused} refused`);
  const told = [job.status, job.rows_done + job.rows_repeated, job.rows_refused];
  tell.check(`rows of ${file}`, told, ['done', rows, 0]);
}
