import { createHmac, randomBytes } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 24;

export interface OutgoingWebhook {
  /** The message's id, the same at every attempt. */
  readonly id: string;
  /** Of this attempt, in Unix seconds. */
  readonly timestamp: number;
  readonly body: string;
  /** Each signs: two of them while one replaces the other. */
  readonly secrets: readonly string[];
}

/** A new secret in the form of Standard Webhooks: `whsec_` and 24 random bytes in base64. */
export function newWebhookSecret(): string {
  return `${SECRET_PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
}

/**
 * The headers by which a receiver knows a message and its sender, as standardwebhooks.com says: `webhook-signature` has a
 * `v1,` and the HMAC-SHA256 of `<id>.<timestamp>.<body>` in base64 for each secret, separated by spaces.
 */
export function standardWebhookHeaders({ id, timestamp, body, secrets }: OutgoingWebhook) {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
