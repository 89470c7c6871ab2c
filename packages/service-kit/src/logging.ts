import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly service: string;
  readonly level: string;
  /** Standard output unless given. */
  readonly destination?: DestinationStream;
}

const redacted = ['authorization', 'cookie', '["set-cookie"]', '["proxy-authorization"]', '["x-api-key"]'];
const paths = ['', 'headers.', 'req.headers.', 'request.headers.', 'res.headers.'].flatMap((prefix) =>
  redacted.map((name) => (name.startsWith('[') ? `${prefix.replace(/\.$/, '')}${name}` : `${prefix}${name}`)),
);

const MAX_CAUSES = 4;

/**
 * What a log may say of an error: its kind, message, code and stack. Everything else an error carries
 * is left out, since a database error holds the statement's parameters and the offending row, and a
 * client's error a whole response.
 */
export function serializeError(error: unknown, depth = 0): unknown {
  if (!Error.isError(error)) return { message: String(error) };
  const { code, table, constraint, driverError } = error as Error & Record<string, unknown>;
  const cause = error.cause ?? driverError;
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    ...(table === undefined ? {} : { table }),
    ...(constraint === undefined ? {} : { constraint }),
    stack: error.stack,
    ...(cause === undefined || depth >= MAX_CAUSES ? {} : { cause: serializeError(cause, depth + 1) }),
  };
}

/** JSON lines with `service`, level as a word and RFC 3339 time; credentials are never written. */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => serializeError(error), error: (error: unknown) => serializeError(error) },
      redact: { paths, censor: '[redacted]' },
    },
    destination ?? pino.destination({ fd: 1, sync: false }),
  );
}
