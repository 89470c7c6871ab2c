import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { ConfigError, loadConfig, weaknessOf } from '../src/index.ts';

test.each([
  { secret: 'hunter2!', because: 'has fewer than 12 characters' },
  { secret: 'k'.repeat(64), because: 'has fewer than 6 different characters' },
  { secret: '1212121212121212', because: 'has fewer than 6 different characters' },
  { secret: 'tr0ub4dortr0ub4dor', because: 'repeats one piece' },
  { secret: 'x7Kq-pLx7Kq-pLx7Kq', because: 'repeats one piece' },
  { secret: 'abcdefghijklmnopqrstuvwxyz', because: 'is a row of characters that follow one another' },
  { secret: '0123456789abcdef', because: 'is a row of characters that follow one another' },
  { secret: '6182730594827163', because: 'has only digits, and fewer than 24' },
  { secret: 'changeme-12345', because: 'is made of words that everybody tries' },
  { secret: 'Change_Me_2026', because: 'is made of words that everybody tries' },
  { secret: 'MySecretPassword!', because: 'is made of words that everybody tries' },
  { secret: 'your-api-key-here', because: 'is made of words that everybody tries' },
  { secret: 'insert-your-secret-here-2026', because: 'is made of words that everybody tries' },
  { secret: 'a-password-at-core-banking', because: undefined },
  { secret: '61827305948271630592837465', because: undefined },
])('$secret: $because', ({ secret, because }) => expect(weaknessOf(secret)).toBe(because));

test('nothing random is weak', () => {
  for (let count = 0; count < 2_000; count += 1) {
    for (const encoding of ['hex', 'base64', 'base64url'] as const) {
      const secret = randomBytes(24).toString(encoding);
      expect([secret, weaknessOf(secret)]).toEqual([secret, undefined]);
    }
  }
});

test('every weak secret refuses the start by its name, at any depth and never with its value', () => {
  const secret = Type.String({ secret: true });
  const schema = Type.Object({
    REF_KEY: secret,
    ISSUER: Type.String(),
    PROVIDERS: Type.Record(Type.String(), Type.Object({ name: Type.String(), keys: Type.Array(secret) }), {
      secret: true,
    }),
  });
  const PROVIDERS = JSON.stringify({ mock: { name: 'mock', keys: ['a-key-that-nobody-tries', 'changeme1234'] } });
  const env = { REF_KEY: 'secretsecret', ISSUER: 'secret', PROVIDERS };
  let refusal: unknown;
  try {
    loadConfig(schema, env);
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toBeInstanceOf(ConfigError);
  expect((refusal as ConfigError).problems).toEqual([
    'REF_KEY: is a weak secret: it has fewer than 6 different characters',
    'PROVIDERS/mock/keys/1: is a weak secret: it is made of words that everybody tries',
  ]);
  expect(String(refusal)).not.toMatch(/secretsecret|changeme1234/);
});
