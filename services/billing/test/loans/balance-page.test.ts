import { customersOnPage, PAGE_LOANS_MAX } from '../../src/loans/balance-page.ts';

test.each([
  { counts: [], shown: 0, because: 'there are none' },
  { counts: [0, 3, 5], shown: 3, because: 'they have few loans' },
  { counts: [1, PAGE_LOANS_MAX - 1, 0, 1, 1], shown: 3, because: 'the fourth would be one loan too many' },
  { counts: [PAGE_LOANS_MAX + 1, 0], shown: 1, because: 'the first has more than a page alone' },
  { counts: [0, PAGE_LOANS_MAX + 1], shown: 1, because: 'the second has, and gets a page of its own' },
])('a page shows $shown of $counts.length customers, since $because', ({ counts, shown }) => {
  expect(customersOnPage(counts)).toBe(shown);
});
