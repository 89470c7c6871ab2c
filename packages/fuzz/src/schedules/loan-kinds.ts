/** The loans that a schedule opens: their instalments are small, so that a few payments reach their end. */
export const loanKinds = {
  weekly: { product: 'weekly-flat-50', currency: 'IDR', principal: '500000.00', instalment: 11_000, total: 550_000 },
  annuity: {
    product: 'monthly-annuity',
    currency: 'INR',
    principal: '3000.00',
    terms: { annual_rate_percent: '10.5', number_of_instalments: 3 },
    instalment: 1_018,
    total: 3_053,
  },
  open: { product: 'open-30-weeks', currency: 'USD', principal: '300.00', instalment: 40, total: 300 },
} as const;
export type LoanKind = keyof typeof loanKinds;

/** How much of a loan, in its own terms; `times` counts instalments. */
export interface Share {
  readonly amount: 'instalments' | 'any' | 'everything' | 'too much' | 'inexact';
  readonly times: number;
}

/** The amount as the API takes it. */
export function amountOf(kind: LoanKind, { amount, times }: Share): string {
  const { instalment, total } = loanKinds[kind];
  switch (amount) {
    case 'instalments':
      return `${instalment * times}.00`;
    case 'any':
      return `${Math.ceil((instalment * times) / 3)}.07`;
    case 'everything':
      return `${total}.00`;
    case 'too much':
      return `${total * 2}.00`;
    case 'inexact':
      return `${instalment * times}.01`;
    default:
      return amount satisfies never;
  }
}
