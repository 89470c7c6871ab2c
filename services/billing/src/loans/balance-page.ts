/** A page of balances ends before the customer with whom it would rest on more loans than this. */
export const PAGE_LOANS_MAX = 1_000;

/** How many of the customers, each with so many loans, a page shows: at least one, whatever that one has. */
export function customersOnPage(loanCounts: readonly number[]): number {
  let loans = 0;
  const end = loanCounts.findIndex((count, index) => {
    loans += count;
    return index > 0 && loans > PAGE_LOANS_MAX;
  });
  return end === -1 ? loanCounts.length : end;
}
