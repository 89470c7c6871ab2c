import { type RefundStatus, statusAfter } from '../../src/credit-balances/refund.ts';

describe('a refund', () => {
  test.each([
    { from: 'authorised', news: 'paid_out', becomes: 'paid_out' },
    { from: 'authorised', news: 'failed', becomes: 'failed' },
    { from: 'paid_out', news: 'failed', becomes: 'returned' },
  ] as const)('that is $from becomes $becomes when it is told as $news', ({ from, news, becomes }) =>
    expect(statusAfter(from, news)).toBe(becomes),
  );

  test.each([
    { from: 'paid_out', news: 'paid_out' },
    { from: 'failed', news: 'failed' },
    { from: 'returned', news: 'paid_out' },
    { from: 'returned', news: 'failed' },
  ] as const)('that is $from stays so when it is told as $news again', ({ from, news }) =>
    expect(statusAfter(from, news)).toBeUndefined(),
  );

  test.each<{ from: RefundStatus; news: 'paid_out' | 'failed' }>([
    { from: 'refused', news: 'paid_out' },
    { from: 'refused', news: 'failed' },
    { from: 'failed', news: 'paid_out' },
  ])('that is $from cannot be told as $news', ({ from, news }) =>
    expect(() => statusAfter(from, news)).toThrow(`cannot be ${news}`),
  );
});
