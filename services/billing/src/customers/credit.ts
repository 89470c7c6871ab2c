/** Credit balances of one customer in minor units, by currency; below zero what the customer is short of. */
export type Credits = Map<string, bigint>;

/** A customer's credit in one currency as it is shown, in minor units; one of the two is zero. */
export interface CreditFace {
  readonly credit: bigint;
  /** What the customer owes because credit was spent whose payment was then taken back. */
  readonly shortfall: bigint;
}

/** What a credit balance means: above zero the customer's, below zero owed by the customer. */
export function creditFace(balance: bigint): CreditFace {
  return balance >= 0n ? { credit: balance, shortfall: 0n } : { credit: 0n, shortfall: -balance };
}
