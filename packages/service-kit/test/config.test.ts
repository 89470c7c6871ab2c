import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Type } from 'typebox';
import { baseConfigSchema, ConfigError, loadConfig } from '../src/index.ts';

const externalRefKey = 'a-key-for-tests-only-0123456789abcdef';
const complete = {
  PORT: '8080',
  DATABASE_URL: 'postgresql://tenor@localhost/tenor',
  KAFKA_BROKERS: 'one:9092, two:9092',
  AUTH_REQUIRED: 'true',
  EXTERNAL_REF_KEY: externalRefKey,
};

function problemsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(baseConfigSchema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  test('is made of text by its schema, with defaults', () => {
    expect(loadConfig(baseConfigSchema, { ...complete, UNRELATED: 'x' })).toEqual({
      HOST: '0.0.0.0',
      PORT: 8080,
      DATABASE_URL: 'postgresql://tenor@localhost/tenor',
      DATABASE_POOL_SIZE: 16,
      KAFKA_BROKERS: ['one:9092', 'two:9092'],
      TOPIC_PREFIX: '',
      TIME_ZONE: 'UTC',
      LOG_LEVEL: 'info',
      AUTH_REQUIRED: true,
      AUTH_ISSUER: 'tenor',
      AUTH_AUDIENCE: 'tenor',
      AUTH_ROLES_CLAIM: 'roles',
      AUTH_OIDC: false,
      EXTERNAL_REF_KEY: externalRefKey,
      RATE_LIMIT_PER_MINUTE: 1_200,
      RATE_LIMIT_SERVICE_PER_MINUTE: 0,
      LOGIN_LIMIT_PER_USER: 10,
      LOGIN_LIMIT_PER_ADDRESS: 100,
      TRUSTED_PROXIES: [],
      CORS_ORIGINS: [],
      OTEL_TRACES_SAMPLER_ARG: 1,
      SHUTDOWN_TIMEOUT_MS: 15_000,
    });
  });

  test('takes the keys of a service beside the common ones', () => {
    const schema = Type.Object({
      ...baseConfigSchema.properties,
      PROFILES: Type.Array(Type.String(), { default: [] }),
    });
    expect(loadConfig(schema, { ...complete, PROFILES: 'mo,kopa' }).PROFILES).toEqual(['mo', 'kopa']);
    expect(loadConfig(schema, complete).PROFILES).toEqual([]);
  });

  test.each([
    { because: 'a key is missing', env: { PORT: undefined }, says: /^PORT: is missing \(or PORT_FILE\)$/ },
    { because: 'empty text is no value', env: { AUTH_REQUIRED: '' }, says: /^AUTH_REQUIRED: is missing/ },
    { because: 'a port is no number', env: { PORT: '80a' }, says: /^PORT: must be integer$/ },
    { because: 'a port is too large', env: { PORT: '70000' }, says: /^PORT: must be <= 65535$/ },
    {
      because: 'a truth is written otherwise',
      env: { AUTH_REQUIRED: 'yes' },
      says: /^AUTH_REQUIRED: must be boolean$/,
    },
    { because: 'a level is unknown', env: { LOG_LEVEL: 'loud' }, says: /^LOG_LEVEL: must be one of: fatal, / },
    {
      because: 'a time zone does not exist',
      env: { TIME_ZONE: 'Mars/Olympus' },
      says: /^TIME_ZONE: must match format/,
    },
    {
      because: 'an offset where a time zone is asked for',
      env: { TIME_ZONE: '+05:30' },
      says: /^TIME_ZONE: must match format/,
    },
    { because: 'a broker has no port', env: { KAFKA_BROKERS: 'one' }, says: /^KAFKA_BROKERS: must match pattern/ },
    { because: 'no broker is left', env: { KAFKA_BROKERS: ' , ' }, says: /^KAFKA_BROKERS: must NOT have fewer than 1/ },
    { because: 'the database is none', env: { DATABASE_URL: 'mysql://x' }, says: /^DATABASE_URL: must match pattern/ },
    {
      because: 'a collector has no scheme',
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' },
      says: /^OTEL_EXPORTER_OTLP_ENDPOINT: must match pattern/,
    },
    {
      because: 'a share is more than the whole',
      env: { OTEL_TRACES_SAMPLER_ARG: '1.5' },
      says: /^OTEL_TRACES_SAMPLER_ARG: must be <= 1$/,
    },
    {
      because: 'a share is no number',
      env: { OTEL_TRACES_SAMPLER_ARG: 'half' },
      says: /^OTEL_TRACES_SAMPLER_ARG: must be number$/,
    },
    { because: 'a secret is short', env: { EXTERNAL_REF_KEY: 'hush' }, says: /^EXTERNAL_REF_KEY: must NOT have fewer/ },
    {
      because: 'a file is missing',
      env: { PORT: undefined, PORT_FILE: '/nonexistent' },
      says: /^PORT: the file .* \(ENOENT\)$/,
    },
    { because: 'a proxy is no address', env: { TRUSTED_PROXIES: 'gateway' }, says: /^TRUSTED_PROXIES: must match/ },
    { because: 'every proxy would be trusted', env: { TRUSTED_PROXIES: '0.0.0.0/0' }, says: /^TRUSTED_PROXIES: / },
    {
      because: 'an origin has a path',
      env: { CORS_ORIGINS: 'https://a.example/x' },
      says: /^CORS_ORIGINS: must match/,
    },
    { because: 'any origin may read', env: { CORS_ORIGINS: '*' }, says: /^CORS_ORIGINS: must match/ },
    { because: 'a key comes twice', env: { PORT_FILE: '/x' }, says: /^PORT: give either PORT or PORT_FILE, not both$/ },
  ])('is refused when $because', ({ env, says }) => {
    expect(problemsOf({ ...complete, ...env })).toEqual([expect.stringMatching(says)]);
  });

  test('tells all problems at once and never a value', () => {
    const env = { ...complete, PORT: 'x', EXTERNAL_REF_KEY: 'hush', LOG_LEVEL: 'loud' };
    expect(problemsOf(env)).toHaveLength(3);
    expect(problemsOf(env).join()).not.toMatch(/hush|loud/);
  });

  test('reads any key from the file that KEY_FILE names, without its last line break, and nothing from an empty one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenor-config-'));
    const file = join(folder, 'secret');
    writeFileSync(file, `${externalRefKey}\n`);
    const { EXTERNAL_REF_KEY: _given, ...rest } = complete;
    const read = loadConfig(baseConfigSchema, { ...rest, EXTERNAL_REF_KEY_FILE: file });
    expect(read.EXTERNAL_REF_KEY).toBe(externalRefKey);
    writeFileSync(file, '\n');
    expect(() => loadConfig(baseConfigSchema, { ...rest, EXTERNAL_REF_KEY_FILE: file })).toThrow(
      /EXTERNAL_REF_KEY: is missing/,
    );
    rmSync(folder, { recursive: true });
  });
});
