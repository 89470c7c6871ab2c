import { identityProblems } from './identity-problems.ts';
import { limitProblems } from './limit-problems.ts';
import type { ProblemEntry } from './problem.ts';
import { scoringProblems } from './scoring-problems.ts';

/** Every refusal that Tenor answers. Codes are stable: clients switch on them. `docs/errors.md` comes from here. */
export const problems = {
  malformed_json: {
    class: 'validation',
    title: 'The body is not valid JSON',
    explanation: 'The request says that its body is JSON, but it cannot be parsed, or it is empty.',
    remedy: 'Send well-formed JSON in UTF-8.',
  },
  malformed_request: {
    class: 'validation',
    title: 'The request cannot be read',
    explanation: 'The path, a header or the length of the request breaks the rules of HTTP.',
    remedy: 'Correct the request line or the headers; most often the URL is not percent-encoded.',
  },
  validation_failed: {
    class: 'validation',
    title: 'The request does not match its schema',
    explanation:
      'A field is missing, unknown, of the wrong type or outside its range; `errors` points at each of them.',
    remedy: 'Correct the fields named in `errors` and send the request again.',
  },
  idempotency_key_required: {
    class: 'validation',
    title: 'An Idempotency-Key is required',
    explanation: 'Money moves on this route, so a retry must be recognisable, and the request carries no key.',
    remedy: 'Send an `Idempotency-Key` header, new for each intended payment and the same for its retries.',
  },
  unauthenticated: {
    class: 'unauthenticated',
    title: 'No valid token',
    explanation: 'The request carries no bearer token, or one that is expired, malformed or not signed by the issuer.',
    remedy: 'Fetch a new token and send it as `Authorization: Bearer …`.',
  },
  ...identityProblems,
  signature_invalid: {
    class: 'unauthenticated',
    title: 'No valid signature',
    explanation: 'The route takes signed bodies only, and this one is not signed, or not with a secret known here.',
    remedy: 'Sign the bytes of the body as they are sent, with the current secret, and send them again.',
  },
  signature_expired: {
    class: 'unauthenticated',
    title: 'The signature is from another time',
    explanation: 'The signature is genuine, but was made too long ago or by a clock that is ahead: it may be a replay.',
    remedy: 'Sign the body anew with the present time; if that was done, set the clock.',
  },
  forbidden: {
    class: 'forbidden',
    title: 'The caller may not do this',
    explanation: 'The token is valid, but none of its roles holds the permission that the route asks for.',
    remedy: 'Use a caller with the needed role, or ask an administrator for it.',
  },
  not_found: {
    class: 'not_found',
    title: 'No such resource',
    explanation: 'Nothing with this id or path exists, or nothing that the caller may see.',
    remedy: 'Check the id and the path; do not retry unchanged.',
  },
  method_not_allowed: {
    class: 'method_not_allowed',
    title: 'The path does not take this method',
    explanation: 'The path exists, but with other methods, which the `Allow` header lists.',
    remedy: 'Use one of the methods in the `Allow` header.',
  },
  not_acceptable: {
    class: 'not_acceptable',
    title: 'The answer is not written in that format',
    explanation:
      'Neither `?format=` nor the `Accept` header names a format that the route answers in; `meta` lists them.',
    remedy: 'Ask for one of the formats in `meta`, or leave both out for JSON.',
  },
  request_timeout: {
    class: 'request_timeout',
    title: 'The request took too long to arrive',
    explanation: 'The headers or the body were not received completely in time.',
    remedy: 'Retry with the same Idempotency-Key.',
  },
  idempotency_in_flight: {
    class: 'conflict',
    title: 'The first request with this key is still running',
    explanation: 'Another request with the same Idempotency-Key has not finished within the waiting time of 5 seconds.',
    remedy: 'Retry a little later with the same key and the same body.',
  },
  already_exists: {
    class: 'conflict',
    title: 'It exists already',
    explanation: 'Another resource has the same natural key, such as an `external_id`.',
    remedy: 'Read the existing resource, or choose another key.',
  },
  state_conflict: {
    class: 'conflict',
    title: 'The state does not allow this',
    explanation: 'The resource is in a status in which the command has no meaning, such as reversing twice.',
    remedy: 'Read the resource and decide again.',
  },
  version_conflict: {
    class: 'conflict',
    title: 'It was changed in the meantime',
    explanation: 'The version in `If-Match` is no longer the current one.',
    remedy: 'Read the resource again, apply the change to it, and send the new `ETag`.',
  },
  body_too_large: {
    class: 'body_too_large',
    title: 'The body is too large',
    explanation: 'The body has more bytes than the route takes.',
    remedy: 'Send less at once; bulk routes take files.',
  },
  uri_too_long: {
    class: 'uri_too_long',
    title: 'The path is too long',
    explanation: 'A path parameter has more characters than any id of this API, or the URL more than are taken here.',
    remedy: 'Check how the URL is built.',
  },
  unsupported_media_type: {
    class: 'unsupported_media_type',
    title: 'The content type is not supported',
    explanation: 'The `Content-Type` of the body is not one that the route takes.',
    remedy: 'Send `Content-Type: application/json`.',
  },
  idempotency_mismatch: {
    class: 'unprocessable',
    title: 'The key was used for another request',
    explanation: 'The same caller has sent this Idempotency-Key on this route with another body.',
    remedy: 'Use a new key for a new intention; send a retry unchanged.',
  },
  limit_exceeded: {
    class: 'unprocessable',
    title: 'The credit limit does not allow it',
    explanation: 'The principal is above what is left of the credit limit, counting loans that are only requested.',
    remedy: 'Ask for less, or have the limit raised.',
  },
  credit_exceeded: {
    class: 'unprocessable',
    title: 'The credit balance does not cover it',
    explanation:
      'The amount is above what the customer has as credit, or had by the day that it is for the loan; `meta` names the balance.',
    remedy: "Ask for no more than that, or wait until the loan's day is that of the credit.",
  },
  customer_inactive: {
    class: 'unprocessable',
    title: 'The customer is not active',
    explanation: 'New loans need an active customer; what is owed may always be paid.',
    remedy: 'Activate the customer first.',
  },
  payment_not_exact: {
    class: 'unprocessable',
    title: 'The amount does not match the instalments',
    explanation:
      'The loan takes whole instalments (`exact`) or at most what is due (`partial`); `meta` names amounts that would do.',
    remedy: 'Pay one of the amounts in `meta`.',
  },
  payoff_not_covered: {
    class: 'unprocessable',
    title: 'The new loan does not cover the payoff',
    explanation:
      'What the new loan would pay out, less fees kept back, is less than the payoff of the loan that it replaces.',
    remedy: 'Ask for a principal that pays out at least `meta.payoff`.',
  },
  nothing_owed: {
    class: 'unprocessable',
    title: 'Nothing is owed',
    explanation: 'Counting payments that are on their way, there is nothing left to pay.',
    remedy: 'Do not pay; read the outstanding first.',
  },
  amount_exceeds_outstanding: {
    class: 'unprocessable',
    title: 'The amount is above everything owed',
    explanation:
      'The loan takes no overpayment. A payment is kept with status `rejected` and allocates nothing; a use of credit is not kept.',
    remedy: 'Pay at most what is owed, under a new Idempotency-Key.',
  },
  currency_mismatch: {
    class: 'unprocessable',
    title: 'The currencies differ',
    explanation: 'An amount is in another currency than the loan or the product; Tenor never converts.',
    remedy: "Send the amount in the loan's or the product's currency.",
  },
  settlement_mismatch: {
    class: 'unprocessable',
    title: 'The provider settled another amount',
    explanation: 'A payment provider reports an amount or a currency that is not what the payment asked for.',
    remedy: 'Clear it up with the provider; the payment stays as it is until the right amount is reported.',
  },
  loan_closed: {
    class: 'unprocessable',
    title: 'The loan takes no more of this',
    explanation: 'The loan is rejected, cancelled, failed, paid or otherwise closed.',
    remedy: 'Read the loan; choose another one.',
  },
  terms_invalid: {
    class: 'unprocessable',
    title: 'The terms make no loan',
    explanation:
      'Each term is well-formed, but together they make no loan or product, such as an annuity without a rate, or one of them is not supported yet; `meta.term` names it.',
    remedy: 'Correct the terms that `detail` names.',
  },
  not_eligible: {
    class: 'unprocessable',
    title: 'The application is not eligible',
    explanation:
      'The product lends by an internal score, and score, rate, instalments or limit speak against the loan: `reasons` names them.',
    remedy:
      'Where `rate_below_band` is the only reason, ask for `corrected_rate_percent` or send `accept_corrected_rate`; else ask for less, or change what the reasons name.',
  },
  terms_not_allowed: {
    class: 'unprocessable',
    title: 'The product fixes this term',
    explanation: 'The request gives a term that the product does not let a loan override.',
    remedy: 'Leave the term out, or choose another product.',
  },
  product_not_valid: {
    class: 'unprocessable',
    title: 'The product is not valid on this date',
    explanation:
      'On the date of the loan or quote no version of the product has begun, or the newest that has is over; `meta` has the dates of the newest of all.',
    remedy: 'Choose a date within `valid_from` and `valid_to`, or another product.',
  },
  open_loans_exceeded: {
    class: 'unprocessable',
    title: 'The customer has as many of these loans as the product allows',
    explanation: 'The product limits how many of its loans a customer may have pending, approved and active at once.',
    remedy: 'Have one of them repaid or given up first, or choose another product.',
  },
  principal_out_of_bounds: {
    class: 'unprocessable',
    title: 'The principal is outside the bounds',
    explanation:
      'The product has a least and a greatest principal, or what a down payment leaves of it is too small to be divided.',
    remedy: 'Choose a principal within the bounds.',
  },
  value_date_in_future: {
    class: 'unprocessable',
    title: 'The value date is in the future',
    explanation:
      "The date is after today's business date in the time zone of the product; of a payment, for one of the loans that it names or may reach.",
    remedy: 'Use the `business_date` in `meta` or an earlier date.',
  },
  value_date_before_disbursement: {
    class: 'unprocessable',
    title: 'The value date is before the disbursement',
    explanation: 'Nothing can happen to a loan before its money was paid out.',
    remedy: 'Use the day of disbursement or a later date.',
  },
  period_not_over: {
    class: 'unprocessable',
    title: 'The month is not over',
    explanation: "Today's business date in the installation's time zone still belongs to the month, or is before it.",
    remedy: 'Close the month once its last day has passed.',
  },
  known_at_too_recent: {
    class: 'unprocessable',
    title: 'This instant is not settled yet',
    explanation: 'A write that began before `known_at` may still commit, so the answer could change.',
    remedy: 'Retry a few seconds later, or leave `known_at` out.',
  },
  headers_too_large: {
    class: 'headers_too_large',
    title: 'The headers are too large',
    explanation: 'All headers together have more bytes than the server takes.',
    remedy: 'Send fewer or shorter headers.',
  },
  ...limitProblems,
  ...scoringProblems,
  internal_error: {
    class: 'internal',
    title: 'Something went wrong on our side',
    explanation: 'A bug: nothing was stored, and the log has the details under the `request_id`.',
    remedy: 'Retry with the same Idempotency-Key, then report the `request_id`.',
  },
  projection_behind: {
    class: 'unavailable',
    title: 'The projection has not caught up',
    explanation: 'The decision needs events that are not read yet, or perhaps not published yet.',
    remedy: 'Retry after `Retry-After` with the same Idempotency-Key.',
  },
  billing_unavailable: {
    class: 'unavailable',
    title: 'Billing does not answer',
    explanation: 'The comparison needs the books of billing, which cannot be reached or will not answer this caller.',
    remedy: 'Retry after `Retry-After`; if it stays, check `BILLING_URL` and the service token of payment.',
  },
  database_unavailable: {
    class: 'unavailable',
    title: 'The database does not answer',
    explanation:
      'No connection, a lock or a statement that took too long; nothing was stored, unless a commit was lost.',
    remedy: 'Retry after `Retry-After` with the same Idempotency-Key.',
  },
  service_unavailable: {
    class: 'unavailable',
    title: 'The service is starting, stopping or full',
    explanation: 'The instance takes no new requests at this moment.',
    remedy: 'Retry after `Retry-After` with the same Idempotency-Key.',
  },
} as const satisfies Record<string, ProblemEntry>;
