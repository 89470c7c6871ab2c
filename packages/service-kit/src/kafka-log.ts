import { type LogEntry, logLevel } from 'kafkajs';
import type { Logger } from './logging.ts';

/**
 * kafkajs's log lines through ours. Its errors are warnings here: relay and consumer report, once, what
 * they mean; and its many lines about retries are for debugging.
 */
export function kafkaLogCreator(logger: Logger): () => (entry: LogEntry) => void {
  return () =>
    ({ level, namespace, log }) => {
      const { message, timestamp: _timestamp, logger: _logger, error, broker, groupId, retryCount } = log;
      const line = { kafka: { namespace, broker, groupId, retryCount, error: text(error) } };
      if (level === logLevel.ERROR || level === logLevel.WARN) logger.debug(line, message);
      else logger.trace(line, message);
    };
}

function text(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return error instanceof Error ? error.message : String(error);
}
