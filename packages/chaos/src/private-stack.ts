import { join } from 'node:path';
import { createIssuer, type Stack, startStack, temporaryFolder } from '@tenor/local-stack';
import type { StackCoordinates } from '@tenor/testing';

export interface PrivateStack {
  readonly coordinates: StackCoordinates;
  readonly kind: Stack['kind'];
  readonly crashable: NonNullable<Stack['crashable']>;
  stop(): Promise<void>;
}

/**
 * A Postgres that waits for the disk and a Kafka, made for this run alone and thrown away with it, since what
 * DATABASE_URL and KAFKA_BROKERS name is not ours to kill.
 */
export async function startPrivateStack(onProgress: (line: string) => void): Promise<PrivateStack> {
  const { DATABASE_URL: _database, KAFKA_BROKERS: _brokers, ...env } = process.env;
  const folder = await temporaryFolder();
  const stack = await startStack({ folder, keep: false, durable: true, env, onProgress });
  const { crashable, kind, kafka, postgres } = stack;
  if (crashable === undefined) throw new Error(`A ${kind} stack cannot be made to crash`);
  createIssuer(join(folder, 'keys'));
  return {
    coordinates: { adminUrl: postgres.adminUrl, brokers: kafka.brokers, folder },
    kind,
    crashable,
    stop: stack.stop,
  };
}
