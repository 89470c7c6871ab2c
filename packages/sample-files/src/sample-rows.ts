import { addDays, addMonths, date, type LocalDate } from '@tenor/calendar';
import { divideRounded } from '@tenor/money';
import { type Random, randomFrom } from '@tenor/testing';

/** A customer of the file; amounts in whole units of the currency. */
export interface SampleCustomer {
  readonly number: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly age: number;
  readonly phone: number;
  readonly salary: number;
  readonly limit: number;
}

/** A loan of the file; amounts in whole units of the currency. */
export interface SampleLoan {
  readonly customerNumber: number;
  readonly loanNumber: number;
  readonly amount: number;
  readonly tenure: number;
  /** Hundredths of a per cent per year. */
  readonly rate: number;
  readonly instalment: number;
  readonly paidOnTime: number;
  readonly approvedOn: LocalDate;
  readonly endsOn: LocalDate;
}

export interface SampleRows {
  /** The day whose state the files tell. */
  readonly asOf: LocalDate;
  readonly customers: readonly SampleCustomer[];
  readonly loans: readonly SampleLoan[];
}

export interface SampleOptions {
  /** The same seed, the same files. */
  readonly seed: number;
  /** Rows of loans, of which the counts below are a part as they are of 782. */
  readonly loans: number;
}

export const SAMPLE: SampleOptions = { seed: 7, loans: 782 };

/** What the files that these are modelled on hold, of 782 loans (requirements.md, S3). */
const MODEL = { loans: 782, customers: 300, sharedNumbers: 29, ended: 459, endedOnTime: 28, belowAmount: 15 };
const FILE_DAY = date('2023-06-15');
const LAST_END = date('2037-12-31');
const LAKH = 100_000;
const FIRST_LOAN_NUMBER = 1001;
const TENURE = { low: 3, high: 180 };
/** So short that the instalment has no interest in it. */
const SHORT_TENURE_HIGH = 11;
/** By so much, at most, are all instalments together below the amount where they are. */
const BELOW_MAX = 3;

const FIRST_NAMES = ['Asha', 'Bo', 'Chidi', 'Dewi', 'Emre', 'Farah', 'Goran', 'Hana', 'Ines', 'Juma', 'Kai', 'Lena'];
const LAST_NAMES = ['Adler', 'Bose', 'Costa', 'Diallo', 'Eriksen', 'Fofana', 'Gomez', 'Hadid', 'Ivanov', 'Joshi'];

/** Customers and their loans as a seed decides them; no name, number or amount is of anybody. */
export function sampleRows({ seed, loans: count }: SampleOptions = SAMPLE): SampleRows {
  const random = randomFrom(seed);
  const part = (of: number): number => Math.round((of * count) / MODEL.loans);
  const customers = Array.from({ length: Math.max(2, part(MODEL.customers)) }, (_, index) =>
    customerOf(random, index + 1),
  );
  const owners = ownersOf(random, count, customers.length, part(MODEL.sharedNumbers));
  const counts = { ended: part(MODEL.ended), endedOnTime: part(MODEL.endedOnTime), below: part(MODEL.belowAmount) };
  const loans = owners.map((owner, index): SampleLoan => {
    const lent = lentOf(random, index < counts.below);
    const time = index < counts.ended ? endedOf(random, lent.tenure) : runningOf(random, lent.tenure);
    const allOnTime = index >= counts.below && index < counts.below + counts.endedOnTime;
    const paidOnTime = allOnTime ? lent.tenure : time.paidOnTime;
    return { ...owner, ...lent, ...time, paidOnTime };
  });
  return { asOf: FILE_DAY, customers, loans: shuffled(random, loans) };
}

/** Only the first has the limit that a policy of 36 incomes would give. */
function customerOf(random: Random, number: number): SampleCustomer {
  const salary = random.int(30, 250) * 1000 + (random.chance(50) ? 500 : 0);
  const byPolicy = Math.round((36 * salary) / LAKH) * LAKH;
  return {
    number,
    firstName: random.pick(FIRST_NAMES as [string]),
    lastName: random.pick(LAST_NAMES as [string]),
    age: random.int(21, 67),
    phone: 9_000_000_000 + random.int(0, 999_999_999),
    salary,
    limit: number === 1 ? byPolicy : byPolicy + random.pick([-3, -2, -1, 1, 2, 4]) * LAKH,
  };
}

type Owner = Pick<SampleLoan, 'customerNumber' | 'loanNumber'>;

/** Numbers of loans, `shared` of which two different customers have. */
function ownersOf(random: Random, count: number, customers: number, shared: number): Owner[] {
  return Array.from({ length: count }, (_, index) => {
    const loanNumber = FIRST_LOAN_NUMBER + (index < count - shared ? index : index - (count - shared));
    // A number comes again with a customer of the other half.
    const half = Math.floor(customers / 2);
    const isAgain = index >= count - shared;
    const isFirstOfTwo = index < shared;
    if (isAgain) return { loanNumber, customerNumber: random.int(half + 1, customers) };
    return { loanNumber, customerNumber: random.int(1, isFirstOfTwo ? half : customers) };
  });
}

type Lent = Pick<SampleLoan, 'amount' | 'tenure' | 'rate' | 'instalment'>;

/** `isBelow`: all instalments together are a little less than the amount, as rounding may leave them. */
function lentOf(random: Random, isBelow: boolean): Lent {
  for (;;) {
    const tenure = isBelow ? random.int(TENURE.low, SHORT_TENURE_HIGH) : random.int(TENURE.low, TENURE.high);
    const amount = isBelow ? random.int(LAKH, 9 * LAKH) : random.int(2, 18) * 50_000;
    const rate = random.chance(10) ? 820 : random.int(800, 2200);
    const instalment = instalmentOf(amount, tenure, rate);
    const below = amount - tenure * instalment;
    if (isBelow ? below >= 1 && below <= BELOW_MAX : below <= 0) return { amount, tenure, rate, instalment };
  }
}

/** round_half_up(P · (1 + r)^⌊tenure / 12⌋ / tenure): the figure of those files, which is no annuity. */
export function instalmentOf(amount: number, tenure: number, rate: number): number {
  const years = BigInt(Math.floor(tenure / 12));
  const grown = BigInt(amount) * BigInt(10_000 + rate) ** years;
  return Number(divideRounded(grown, 10_000n ** years * BigInt(tenure), 'half_up'));
}

type Time = Pick<SampleLoan, 'approvedOn' | 'endsOn' | 'paidOnTime'>;

function endedOf(random: Random, tenure: number): Time {
  const approvedOn = addMonths(addDays(FILE_DAY, -random.int(1, 2_000)), -tenure - 1);
  return { ...spanOf(approvedOn, tenure), paidOnTime: random.int(Math.floor(tenure / 3), tenure - 1) };
}

/** Many have more instalments on time than months have passed. */
function runningOf(random: Random, tenure: number): Time {
  const passed = random.int(0, tenure - 1);
  const approvedOn = addDays(addMonths(FILE_DAY, -passed), -random.int(0, 27));
  const span = spanOf(approvedOn, tenure);
  if (span.endsOn < FILE_DAY || span.endsOn > LAST_END) return runningOf(random, tenure);
  const isAhead = random.chance(45) && passed < tenure;
  const paidOnTime = isAhead ? random.int(passed + 1, tenure) : random.int(Math.floor(passed / 2), passed);
  return { ...span, paidOnTime };
}

const spanOf = (approvedOn: LocalDate, tenure: number) => ({ approvedOn, endsOn: addMonths(approvedOn, tenure) });

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = random.int(0, last);
    [mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T];
  }
  return mixed;
}
