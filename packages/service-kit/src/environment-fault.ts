/**
 * SQLSTATEs that say something about the database's state and nothing about the statement's sense:
 * lost connections, refused logins, serialization and deadlock, resources, lock and other time-outs,
 * shutdown, the machine's own faults, a standby that cannot write, a schema of another release.
 */
const environmentStates = /^(08...|28...|40001|40P01|53...|55P03|57014|57P0.|58...|25P03|25P04|25006|42P01|42703)$/;

const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'ENOTCONN',
  'EPROTO',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** pg's pool and client report these without a code. */
const messages =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|query read timeout|not queryable|connection is closed|client was closed|pool after calling end/i;

const MAX_CAUSES = 8;

/** A prepared statement whose tables were altered since. On this connection it never works again; on a new one it does. */
export function isStalePlan(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, routine, driverError } = error as Record<string, unknown>;
  return (code === '0A000' && routine === 'RevalidateCachedQuery') || isStalePlan(driverError);
}

/** What an error says for itself: its code, name, message, and whether its library would try again. */
function isFaultOnItsOwn(error: object): boolean {
  const { code, name, message, retriable } = error as Record<string, unknown>;
  if (typeof code === 'string' && (environmentStates.test(code) || socketCodes.has(code))) return true;
  if (typeof name === 'string' && name.startsWith('KafkaJS') && retriable === true) return true;
  if (name === 'TimeoutError' || isStalePlan(error)) return true;
  return typeof message === 'string' && typeof code !== 'string' && messages.test(message);
}

/**
 * Whether an error comes from the surroundings (database, network, broker, time-outs), so that the
 * same work may succeed later. Causes, a driver's own error and aggregated errors are looked through.
 */
export function isEnvironmentFault(error: unknown): boolean {
  const queue: unknown[] = [error];
  for (let seen = 0; queue.length > 0 && seen < MAX_CAUSES; seen += 1) {
    const current = queue.shift();
    if (typeof current !== 'object' || current === null) continue;
    if (isFaultOnItsOwn(current)) return true;
    const { cause, driverError, errors } = current as Record<string, unknown>;
    queue.push(driverError, cause, ...(Array.isArray(errors) ? errors : []));
  }
  return false;
}
