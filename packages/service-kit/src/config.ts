import { readFileSync } from 'node:fs';
import type { Static, TObject, TSchema } from 'typebox';
import { Type } from 'typebox';
import { fieldErrors, strictAjv } from './validation.ts';
import { weakSecrets } from './weak-secrets.ts';

/** An address, a network in CIDR, or a name for a usual set of networks. */
const TRUSTED_PROXY_PATTERN = '^(loopback|linklocal|uniquelocal|[0-9A-Fa-f:.]+(/[1-9]\\d{0,2})?)$';

/** The keys that every service takes. A service adds its own: `Type.Object({ ...baseConfigSchema.properties, … })`. */
export const baseConfigSchema = Type.Object({
  HOST: Type.String({ minLength: 1, default: '0.0.0.0', description: 'Address to listen on.' }),
  PORT: Type.Integer({ minimum: 0, maximum: 65_535, description: 'Port to listen on; 0 takes a free one.' }),
  DATABASE_URL: Type.String({
    pattern: '^postgres(ql)?://',
    description: "The service's own Postgres role and database.",
  }),
  DATABASE_POOL_SIZE: Type.Integer({ minimum: 1, maximum: 200, default: 16, description: 'Most connections held.' }),
  KAFKA_BROKERS: Type.Array(Type.String({ pattern: '^[^\\s,:]+:\\d{1,5}$' }), {
    minItems: 1,
    description: 'Bootstrap brokers, host:port, separated by commas.',
  }),
  TOPIC_PREFIX: Type.String({
    pattern: '^[a-zA-Z0-9._-]{0,60}$',
    default: '',
    description: 'Put before every topic and group name; one per tenant.',
  }),
  TIME_ZONE: Type.String({
    minLength: 1,
    default: 'UTC',
    format: 'time-zone',
    description: 'Decides the business date.',
  }),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    default: 'info',
    description: 'Least severe level written.',
  }),
  AUTH_REQUIRED: Type.Boolean({ description: 'Whether every route but the public ones asks for a token.' }),
  AUTH_ISSUER: Type.String({ minLength: 1, default: 'tenor', description: 'The `iss` that a token must have.' }),
  AUTH_AUDIENCE: Type.String({ minLength: 1, default: 'tenor', description: 'An `aud` that a token must have.' }),
  AUTH_ROLES_CLAIM: Type.String({
    minLength: 1,
    default: 'roles',
    description: 'Claim that lists the roles of the caller; a path with dots reaches into a claim.',
  }),
  AUTH_JWKS_FILE: Type.Optional(
    Type.String({ minLength: 1, description: "File of the issuer's public keys (JWKS); read again when it changes." }),
  ),
  AUTH_JWKS_URL: Type.Optional(
    Type.String({ pattern: '^https?://[^\\s#]+$', description: 'Where the issuer publishes its keys, instead.' }),
  ),
  AUTH_OIDC: Type.Boolean({
    default: false,
    description: 'Whether the keys are found by OpenID Connect discovery of AUTH_ISSUER, instead.',
  }),
  EXTERNAL_REF_KEY: Type.String({
    minLength: 32,
    secret: true,
    description: 'Secret shared by both services, under which external ids become references.',
  }),
  RATE_LIMIT_PER_MINUTE: Type.Integer({
    minimum: 0,
    maximum: 10_000_000,
    default: 1_200,
    description: 'Requests of one user, or of one address without a token, per minute; 0: no limit.',
  }),
  RATE_LIMIT_SERVICE_PER_MINUTE: Type.Integer({
    minimum: 0,
    maximum: 10_000_000,
    default: 0,
    description: 'The same for role service and for systems that sign or send a password; 0: no limit.',
  }),
  LOGIN_LIMIT_PER_USER: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: 10,
    description: 'Failed logins of one user name within 15 minutes; 0: no limit.',
  }),
  LOGIN_LIMIT_PER_ADDRESS: Type.Integer({
    minimum: 0,
    maximum: 1_000_000,
    default: 100,
    description: 'Failed logins, and registrations, of one address within 15 minutes; 0: no limit.',
  }),
  TRUSTED_PROXIES: Type.Array(Type.String({ pattern: TRUSTED_PROXY_PATTERN }), {
    default: [],
    maxItems: 100,
    description: 'Addresses and networks whose X-Forwarded-For is believed, separated by commas.',
  }),
  CORS_ORIGINS: Type.Array(Type.String({ pattern: '^https?://[^\\s/?#*]+$' }), {
    default: [],
    maxItems: 100,
    description: 'Origins whose pages may read answers in a browser, separated by commas.',
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s?#]+$',
      description: 'Base address of an OpenTelemetry collector (OTLP over HTTP); without it nothing is traced.',
    }),
  ),
  OTEL_TRACES_SAMPLER_ARG: Type.Number({
    minimum: 0,
    maximum: 1,
    default: 1,
    description: 'Share of the traces begun here that are recorded; of others the caller decides.',
  }),
  SHUTDOWN_TIMEOUT_MS: Type.Integer({
    minimum: 100,
    maximum: 300_000,
    default: 15_000,
    description: 'How long a stop may take before the process gives up, in milliseconds.',
  }),
});

export type BaseConfig = Static<typeof baseConfigSchema>;

/** Every problem found in the environment, in one message that a person can act on. Never holds a value. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

type Raw = { text: string } | { problem: string } | undefined;

/** A key's text: as given, or the content of the file that KEY_FILE names. Empty text, or an empty file, counts as not given. */
function readKey(key: string, env: NodeJS.ProcessEnv): Raw {
  const text = env[key] || undefined;
  const file = env[`${key}_FILE`] || undefined;
  if (text !== undefined && file !== undefined)
    return { problem: `${key}: give either ${key} or ${key}_FILE, not both` };
  if (file === undefined) return text === undefined ? undefined : { text };
  try {
    const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return content === '' ? undefined : { text: content };
  } catch (error) {
    const code = Error.isError(error) && 'code' in error ? String(error.code) : 'unreadable';
    return { problem: `${key}: the file that ${key}_FILE names cannot be read (${code})` };
  }
}

/** Text to what the schema asks for; text that does not fit stays text and is refused by the schema. */
function coerce(text: string, schema: TSchema): unknown {
  const type: unknown = 'type' in schema ? schema.type : undefined;
  if (type === 'array') {
    const parts = text.split(',').map((part) => part.trim());
    return parts.filter((part) => part !== '');
  }
  if (type === 'object') return parseObject(text);
  if (type === 'integer' && /^[+-]?\d{1,15}$/.test(text)) return Number.parseInt(text, 10);
  if (type === 'number' && /^\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function parseObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * Reads a service's configuration from the environment by its schema: numbers, booleans
 * (`true`/`false`), comma-separated lists and JSON objects are made of text, and any KEY may instead be given as
 * KEY_FILE, a file that holds the value. Throws one ConfigError with all problems at once, a secret that can be guessed
 * among them.
 */
export function loadConfig<T extends TObject>(schema: T, env: NodeJS.ProcessEnv): Static<T> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  const unreadable = new Set<string>();
  for (const [key, keySchema] of Object.entries<TSchema>(schema.properties)) {
    const raw = readKey(key, env);
    if (raw === undefined) continue;
    if ('problem' in raw) {
      problems.push(raw.problem);
      unreadable.add(key);
    } else values[key] = coerce(raw.text, keySchema);
  }
  const validate = strictAjv({ useDefaults: true }).compile<Static<T>>(schema);
  const isValid = validate(values);
  const faulty = new Set(unreadable);
  for (const { pointer, code, message } of fieldErrors(validate.errors ?? [])) {
    const key = pointer.split('/')[1] ?? '';
    if (unreadable.has(key)) continue;
    const what = code === 'required' ? `is missing (or ${key}_FILE)` : message;
    problems.push(`${key}: ${what}`);
    faulty.add(key);
  }
  for (const { pointer, weakness } of weakSecrets(values, schema)) {
    const [key = '', ...within] = pointer.slice(1).split('/');
    if (faulty.has(key)) continue;
    problems.push(`${[key, ...within].join('/')}: is a weak secret: it ${weakness}`);
  }
  if (isValid && problems.length === 0) return values;
  throw new ConfigError(problems);
}
