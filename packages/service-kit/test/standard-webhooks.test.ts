import { newWebhookSecret, standardWebhookHeaders } from '@tenor/service-kit';

/** The example of the specification's own libraries. */
const known = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1614265330,
  body: '{"test": 2432232314}',
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('the headers of an outgoing webhook', () => {
  test('are those of Standard Webhooks', () =>
    expect(standardWebhookHeaders({ ...known, secrets: [known.secret] })).toEqual({
      'webhook-id': known.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': known.signature,
    }));

  test('hold a signature for each secret', () => {
    const secret = newWebhookSecret();
    const { 'webhook-signature': both } = standardWebhookHeaders({ ...known, secrets: [secret, known.secret] });
    const { 'webhook-signature': alone } = standardWebhookHeaders({ ...known, secrets: [secret] });
    expect(both).toBe(`${alone} ${known.signature}`);
  });
});

test('a new secret is whsec_ and 24 bytes, another each time', () => {
  const [one, other] = [newWebhookSecret(), newWebhookSecret()];
  expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{32}$/);
  expect(other).not.toBe(one);
});
