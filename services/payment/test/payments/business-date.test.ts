import { date } from '@tenor/calendar';
import { businessDateFor } from '../../src/payments/business-date.ts';
import { weekly } from '../loans.ts';

const days: Readonly<Record<string, string>> = { west: '2026-11-21', east: '2026-11-23' };
const today = (timeZone: string | null) => date(days[timeZone ?? ''] ?? '2026-11-22');
const owing = { unpaid: [100n], currency: 'USD' };
const west = weekly({ loanId: 'west', timeZone: 'west', ...owing });
const east = weekly({ loanId: 'east', timeZone: 'east', ...owing });
const plain = weekly({ loanId: 'plain', ...owing });
const paid = { ...west, status: 'paid' as const };
const euro = { ...west, currency: 'EUR' };
const gone = (on: string) => ({ ...west, status: 'written_off' as const, writtenOff: { on: date(on), amount: 100n } });

describe('the day that it is for a payment', () => {
  test.each([
    { loans: [], expected: '2026-11-22', because: 'without loans it is the installation’s' },
    { loans: [west], expected: '2026-11-21', because: 'its day is that of the loan' },
    { loans: [east], expected: '2026-11-23', because: 'also where it is tomorrow' },
    { loans: [east, plain, west], expected: '2026-11-21', because: 'no loan gets money of a day to come' },
    { loans: [paid, plain], expected: '2026-11-22', because: 'a paid loan takes none' },
    { loans: [euro, plain], expected: '2026-11-22', because: 'a loan in another currency takes none' },
    { loans: [gone('2026-11-20'), plain], expected: '2026-11-22', because: 'what was given up takes only older money' },
    { loans: [gone('2026-11-21'), plain], expected: '2026-11-21', because: 'it takes that of the day' },
  ])('that names none is $expected: $because', ({ loans, expected }) =>
    expect(businessDateFor({ currency: 'USD', allocations: null }, loans, today)).toBe(expected),
  );

  test.each([
    { named: ['plain'], expected: '2026-11-22' },
    { named: ['east', 'plain'], expected: '2026-11-22' },
    { named: ['east'], expected: '2026-11-23' },
    { named: ['nobody'], expected: '2026-11-22' },
  ])('that names $named is $expected', ({ named, expected }) =>
    expect(
      businessDateFor(
        { currency: 'USD', allocations: named.map((loanId) => ({ loanId })) },
        [west, east, plain],
        today,
      ),
    ).toBe(expected),
  );
});
