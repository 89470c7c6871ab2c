import { date } from '@tenor/calendar';
import type { Payment } from '../../src/payments/payment.ts';
import { viewApplied, viewFirst, viewPayment } from '../../src/payments/payment-view.ts';

const piece = (loanId: string | null, asked: bigint, applied: bigint, credited: bigint) => ({
  loanId,
  asked,
  applied,
  credited,
  inFlight: false,
  reversed: false,
});

/** 300.00 asked of two loans, of which billing applied 250.00. */
const payment: Payment = {
  id: 'p',
  customerId: 'c',
  externalId: 'x-1',
  externalRef: null,
  amount: 30_000n,
  currency: 'IDR',
  valueDate: date('2026-01-08'),
  recordedAt: '2026-01-08T10:00:00.000000Z',
  method: 'manual',
  status: 'applied',
  allocation: 'automatic',
  pieces: [
    piece('a', 10_000n, 10_000n, 0n),
    piece('b', 15_000n, 0n, 0n),
    piece('c', 0n, 15_000n, 0n),
    piece(null, 0n, 0n, 5_000n),
  ],
  answered: true,
  reversalUnanswered: false,
  eventSequence: 1n,
  rejectCode: null,
  failureCode: null,
};
const short = ({ status, allocations, unapplied }: ReturnType<typeof viewPayment>) =>
  [status, ...allocations.map(({ loan_id, amount }) => `${loan_id}:${amount}`), unapplied].join(' ');

describe('a payment as the API shows it', () => {
  test.each([
    { status: 'settled' as const, expected: 'settled a:100.00 b:150.00 50.00', because: 'it shows what was asked' },
    { status: 'applied' as const, expected: 'applied a:100.00 c:150.00 50.00', because: 'it shows what was applied' },
    {
      status: 'reversed' as const,
      expected: 'reversed a:100.00 b:150.00 50.00',
      because: 'nothing is applied any more',
    },
  ])('$expected when $status: $because', ({ status, expected }) =>
    expect(short(viewPayment({ ...payment, status }))).toBe(expected),
  );

  test('its first answer stays what it was', () =>
    expect(short(viewFirst(payment))).toBe('settled a:100.00 b:150.00 50.00'));

  test('its applied answer stays what it was after a reversal', () =>
    expect(short(viewApplied({ ...payment, status: 'reversed' }))).toBe('applied a:100.00 c:150.00 50.00'));

  test('carries amounts as decimal strings beside their currency', () =>
    expect(viewPayment(payment)).toMatchObject({ amount: { amount: '300.00', currency: 'IDR' }, external_id: 'x-1' }));
});
