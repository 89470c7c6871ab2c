/** Values that the examples of all events share, so that together they tell of one customer, loan and payment. */
export const exampleCustomer = '019aa4f1-6c00-7000-8000-00000000c001';
export const exampleLoan = '019aa4f1-6c00-7000-8000-000000001001';
export const examplePayment = '019aa4f1-6c00-7000-8000-00000000a001';
export const exampleCreditUse = '019aa4f1-6c00-7000-8000-00000000b001';
export const exampleRefund = '019aa4f1-6c00-7000-8000-00000000d001';
export const exampleRef = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export const exampleLoanIds = { loan_id: exampleLoan, customer_id: exampleCustomer };

/** The face of the 2,000,000 loan after its first instalment was paid. */
export const exampleFace = {
  ...exampleLoanIds,
  currency: 'IDR',
  status: 'active' as const,
  outstanding: '2156000.00',
  unpaid: [{ number: 1, due_date: '2026-01-08', amount: '0.00' }],
};

export const exampleAllocations = [
  { instalment: 1, principal: '40000.00', interest: '4000.00', fee: '0.00', penalty: '0.00' },
];

/** A refund out of the credit that one payment left. */
export const exampleRefunded = {
  refund_id: exampleRefund,
  customer_id: exampleCustomer,
  currency: 'IDR',
  amount: '10000.00',
};

export const exampleLots = [{ payment_id: examplePayment, loan_id: exampleLoan, amount: '10000.00' }];

export const exampleDelinquency = {
  ...exampleLoanIds,
  as_of: '2026-01-16',
  consecutive_missed: 2,
  days_past_due: 8,
  bucket: '1-30' as const,
  arrears: '88000.00',
  currency: 'IDR',
};
