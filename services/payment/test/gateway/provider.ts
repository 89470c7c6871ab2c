import { randomUUID } from 'node:crypto';
import { signBody } from '@tenor/service-kit';

/** The configuration of a provider for tests; both secrets open its webhooks. */
export const apiKey = 'an-api-key-for-tests';
export const webhookSecrets = ['the-old-webhook-secret', 'the-new-webhook-secret'] as const;

export function providerAt(url: string, name = 'mockpay'): Record<string, string> {
  return { GATEWAY_PROVIDERS: JSON.stringify({ [name]: { url, api_key: apiKey, webhook_secrets: webhookSecrets } }) };
}

export interface WebhookOptions {
  secret?: string;
  ageSeconds?: number;
}

/** The body and the header of a webhook, as a provider would send them. */
export function signedWebhook(
  type: string,
  data: Record<string, unknown>,
  { secret = webhookSecrets[1], ageSeconds = 0, id = `evt_${randomUUID()}` }: WebhookOptions & { id?: string } = {},
) {
  const body = JSON.stringify({ id, type, created_at: '2026-01-08T10:00:00Z', data });
  const timestamp = Math.floor(Date.now() / 1000) - ageSeconds;
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'tenor-signature': `t=${timestamp},v1=${signBody(secret, timestamp, body)}`,
    },
  };
}
