import { Compile } from 'typebox/compile';
import {
  isProblemCode,
  ProblemSchema,
  problemCodes,
  problemStatus,
  problems,
  problemType,
  type Refusal,
  statusOfProblem,
} from '../src/index.ts';

/** Clients switch on these: a change here is a break of the API. */
const promised: Readonly<Record<number, readonly string[]>> = {
  400: ['idempotency_key_required', 'malformed_json', 'malformed_request', 'validation_failed'],
  401: [
    'credentials_invalid',
    'refresh_token_invalid',
    'signature_expired',
    'signature_invalid',
    'token_reused',
    'unauthenticated',
  ],
  403: ['forbidden'],
  404: ['kyc_not_found', 'not_found'],
  405: ['method_not_allowed'],
  406: ['not_acceptable'],
  408: ['request_timeout'],
  409: ['already_exists', 'application_pending', 'idempotency_in_flight', 'state_conflict', 'version_conflict'],
  413: ['body_too_large'],
  414: ['query_too_long', 'uri_too_long'],
  415: ['unsupported_media_type'],
  422: [
    'amount_exceeds_outstanding',
    'credit_exceeded',
    'currency_mismatch',
    'customer_inactive',
    'idempotency_mismatch',
    'known_at_too_recent',
    'kyc_required',
    'limit_exceeded',
    'loan_closed',
    'not_eligible',
    'nothing_owed',
    'open_loans_exceeded',
    'payment_not_exact',
    'payoff_not_covered',
    'period_not_over',
    'principal_out_of_bounds',
    'product_not_valid',
    'settlement_mismatch',
    'terms_invalid',
    'terms_not_allowed',
    'value_date_before_disbursement',
    'value_date_in_future',
  ],
  429: ['rate_limited'],
  431: ['headers_too_large'],
  500: ['internal_error'],
  503: [
    'billing_unavailable',
    'core_banking_unavailable',
    'database_unavailable',
    'projection_behind',
    'service_unavailable',
  ],
};

test('the codes and their statuses are what clients were promised', () => {
  const actual = Object.groupBy(problemCodes.toSorted(), (code) => statusOfProblem(code));
  expect({ ...actual }).toEqual(promised);
});

test.each(problemCodes)('%s has a title without a full stop and sentences with one', (code) => {
  const { title, explanation, remedy } = problems[code];
  expect(title).toMatch(/^[A-Z].*[^.]$/);
  expect(explanation).toMatch(/^[A-Z].*\.$/);
  expect(remedy).toMatch(/^[A-Z].*\.$/);
});

test('every class is used, or it would be a status that nobody answers', () => {
  expect(new Set(problemCodes.map((code) => problems[code].class))).toEqual(new Set(Object.keys(problemStatus)));
});

test.each([
  ['not_found', true],
  ['NOT_FOUND', false],
  ['toString', false],
  ['', false],
])('%j is a code: %s', (code, expected) => expect(isProblemCode(code)).toBe(expected));

test('a problem is told apart by a URN of its code, and takes figures only under meta', () => {
  const refusal: Refusal = {
    refused: 'payment_not_exact',
    detail: 'Pay 44000.00 or 88000.00.',
    meta: { amounts: ['44000.00'] },
  };
  const problem = {
    type: problemType(refusal.refused),
    title: problems[refusal.refused].title,
    status: statusOfProblem(refusal.refused),
    detail: refusal.detail,
    code: refusal.refused,
    meta: refusal.meta,
  };
  expect(problem.type).toBe('urn:tenor:problem:payment_not_exact');
  expect(Compile(ProblemSchema).Check(problem)).toBe(true);
  expect(Compile(ProblemSchema).Check({ ...problem, amounts: [] })).toBe(false);
});
