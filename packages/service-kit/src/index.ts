export * from './app.ts';
export * from './audit.routes.ts';
export type { AuditSource } from './audit-log.store.ts';
export * from './audit-log-migration.ts';
export * from './auth.ts';
export * from './basic-credentials.ts';
export * from './batcher.ts';
export { SIGNATURE_TOLERANCE_SECONDS, type SignedBody, signatureFault, signBody } from './body-signature.ts';
export * from './bounded-fetch.ts';
export * from './caller.ts';
export * from './canonical-json.ts';
export * from './clock.ts';
export * from './command-batches.ts';
export * from './command-context.ts';
export * from './config.ts';
export * from './consumer.ts';
export * from './data-change.ts';
export * from './database.ts';
export { publishOfDay } from './day-events.ts';
export { type DeadLetterRoutes, registerDeadLetterRoutes } from './dead-letters.routes.ts';
export { subjectsPutAside } from './dead-letters.store.ts';
export * from './discarded-letters-migration.ts';
export * from './errors.ts';
export { clientCredentialsOf, readForm } from './form-bodies.ts';
export { answerFormat, answerIn, type Format, formatFor, formatQuery, sendDocument } from './formats.ts';
export {
  type HousekeepingOptions,
  type Purge,
  purgeOld,
  startHousekeeping,
} from './housekeeping.ts';
export type { ClientPatience } from './http-server.ts';
export * from './ids.ts';
export * from './kafka.ts';
export * from './key-sources.ts';
export * from './kit-migration.ts';
export * from './logging.ts';
export * from './metrics.ts';
export * from './migrate.ts';
export { type MigrationStep, runMigrationStep } from './migration-step.ts';
export { confinedTo, type FindOwner, type Found, type Own, type Owner, type Owners } from './object-access.ts';
export * from './openapi.ts';
export { unpublishedCustomers } from './outbox.store.ts';
export { type Relay, type RelayOptions, startRelay } from './outbox-relay.ts';
export * from './pagination.ts';
export * from './permissions.ts';
export * from './probes.ts';
export type { ProblemAnswer, ProblemForm } from './problem-forms.ts';
export * from './put-asides-migration.ts';
export { createRateLimits, type RateLimitConfig, type RateLimits } from './rate-limits.ts';
export * from './rate-limits-migration.ts';
export * from './relay-sessions-migration.ts';
export { type Repeating, repeat } from './repeating.ts';
export { backOffMs } from './retry.ts';
export * from './rounds.ts';
// What a route declares of itself, in fastify's own types.
export type {} from './route-rules.ts';
export * from './service.ts';
export { type ClientTokenOptions, clientToken, fileToken, type TokenSource } from './service-token.ts';
export * from './shutdown.ts';
export { isSignedBy, type SigningKey, sha256, signingKey } from './signing-key.ts';
export { newWebhookSecret, type OutgoingWebhook, standardWebhookHeaders } from './standard-webhooks.ts';
export * from './statement.ts';
export { createTokenIssuer, type TokenClaims, type TokenIssuer } from './token-issuer.ts';
export { createTopicSender, type TopicMessage, type TopicSender } from './topic-sender.ts';
export * from './trace-context.ts';
export { openTracer, type Span, type Tracer } from './tracer.ts';
export { nextTurn, type Rest, startTurns, type Turns } from './turns.ts';
export {
  execute,
  type Outcome,
  type OutgoingEvent,
  rehearse,
  runUnitOfWork,
  type SubjectPublisher,
  subjectPublisher,
  type UnitOfWork,
} from './unit-of-work.ts';
export * from './validation.ts';
export { valueReader } from './value-reader.ts';
export * from './waiting.ts';
export { weaknessOf } from './weak-secrets.ts';
