import type { ProblemEntry } from './problem.ts';

/** Refusals of loans that an outside score decides. */
export const scoringProblems = {
  kyc_not_found: {
    class: 'not_found',
    title: 'Core banking does not know the customer',
    explanation: "Core banking keeps nobody under the customer's number, which is its external_id; or was never asked.",
    remedy: 'Check the external_id; ask with POST where only GET was tried.',
  },
  application_pending: {
    class: 'conflict',
    title: 'An application is waiting for its score',
    explanation: 'The customer has applied for a loan that an outside score decides, and it is not decided yet.',
    remedy: 'Wait for the decision of the loan that `meta.loan_id` names, or cancel it.',
  },
  kyc_required: {
    class: 'unprocessable',
    title: 'Core banking and a score must come first',
    explanation:
      'Loans of this product are decided by an outside score, of a customer whom core banking knows; this command asks neither.',
    remedy: 'Apply with `POST /v1/loans`, or choose another product.',
  },
  core_banking_unavailable: {
    class: 'unavailable',
    title: 'Core banking does not answer',
    explanation:
      'Core banking is down, slow, not configured, or answers what cannot be understood; nothing was written.',
    remedy: 'Retry after `Retry-After` with the same Idempotency-Key.',
  },
} as const satisfies Record<string, ProblemEntry>;
