export * from './books.ts';
export {
  assertConforms,
  CLOUD_EVENTS_CONTENT_TYPE,
  ContractError,
  defineEvent,
  EnvelopeSchema,
  type EventContract,
  type EventDefinition,
  type EventFields,
  type EventOf,
  type EventSubject,
  encodeEvent,
  type UnknownEvent,
} from './cloud-event.ts';
export * from './dates.ts';
export { createDecoder, type Decoded, type DecodeFailure, decodeEvent } from './decode.ts';
export { type ExpectedVersion, entityTag, expectedVersion, IfMatchSchema } from './entity-tag.ts';
export { BUCKET_PATTERN, type LateGrowth } from './event-fields.ts';
export * from './events/customer-changed.ts';
export * from './events/customer-credit-reclaimed.ts';
export * from './events/customer-credit-used.ts';
export * from './events/customer-credited.ts';
export * from './events/customer-limit-changed.ts';
export * from './events/customer-refund-authorised.ts';
export * from './events/customer-refund-refused.ts';
export * from './events/customer-registered.ts';
export * from './events/journal-root-signed.ts';
export * from './events/loan-approved.ts';
export * from './events/loan-became-delinquent.ts';
export * from './events/loan-bucket-changed.ts';
export * from './events/loan-cancelled.ts';
export * from './events/loan-charged.ts';
export * from './events/loan-cured.ts';
export * from './events/loan-disbursed.ts';
export * from './events/loan-failed.ts';
export * from './events/loan-grown.ts';
export * from './events/loan-instalment-due-soon.ts';
export * from './events/loan-opened.ts';
export * from './events/loan-paid.ts';
export * from './events/loan-recovered.ts';
export * from './events/loan-rejected.ts';
export * from './events/loan-repaid.ts';
export * from './events/loan-repayment-reallocated.ts';
export * from './events/loan-repayment-reversed.ts';
export * from './events/loan-restructured.ts';
export * from './events/loan-snapshot.ts';
export * from './events/loan-waived.ts';
export * from './events/loan-written-off.ts';
export * from './events/payment-failed.ts';
export * from './events/payment-received.ts';
export * from './events/payment-refund-failed.ts';
export * from './events/payment-refund-paid-out.ts';
export * from './events/payment-refund-requested.ts';
export * from './events/payment-rejected.ts';
export * from './events/payment-reversed.ts';
export * from './events/payment-settled.ts';
export { asyncApiDocument } from './generation/asyncapi.ts';
export { type LoanTerms, LoanTermsSchema } from './loan-terms.ts';
export * from './money.ts';
export * from './page.ts';
export * from './problem.ts';
export * from './problem-codes.ts';
export * from './problems.ts';
export * from './references.ts';
export { type AnyEvent, type Event, type EventType, events } from './registry.ts';
export { ExternalIdSchema, textSchema } from './text.ts';
export * from './topics.ts';
