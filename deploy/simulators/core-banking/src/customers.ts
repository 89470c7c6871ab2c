import { transactionSummary } from './transaction-summary.ts';

type XmlRecord = Readonly<Record<string, string | null>>;

const people = [
  ['234774784', 'Amina', 'Otieno', 'FEMALE', '1990-03-14', '85000.00'],
  ['318411216', 'Brian', 'Kamau', 'MALE', '1984-11-02', '120000.00'],
  ['340397370', 'Chebet', 'Koech', 'FEMALE', '1996-07-21', '42500.50'],
  ['366585630', 'David', 'Mwangi', 'MALE', '1979-01-30', '200000.00'],
  ['397178638', 'Esther', 'Njeri', 'FEMALE', '1988-09-09', '64000.00'],
] as const;

const CREATED = '2023-05-18T09:30:00Z';

/** The customers that core banking knows, by number. None of them lives. */
export const customers: ReadonlyMap<string, XmlRecord> = new Map(
  people.map(([customerNumber, firstName, lastName, gender, dob, monthlyIncome], index) => [
    customerNumber,
    {
      createdAt: CREATED,
      createdDate: CREATED,
      customerNumber,
      dob,
      email: `${firstName.toLowerCase()}@example.com`,
      firstName,
      gender,
      id: String(index + 1),
      idNumber: String(30_000_001 + index),
      idType: 'NATIONAL_ID',
      lastName,
      middleName: null,
      mobile: `+2547000000${String(index + 1).padStart(2, '0')}`,
      monthlyIncome,
      status: 'ACTIVE',
      updatedAt: CREATED,
    },
  ]),
);

/** The summaries of a customer; none of one whom core banking does not know. */
export function transactionsOf(customerNumber: string): XmlRecord[] {
  return customers.has(customerNumber) ? [transactionSummary] : [];
}
