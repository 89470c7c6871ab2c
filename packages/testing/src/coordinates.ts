/** Where the run's one Postgres and Kafka are; handed from jest's global set-up to the test files as TENOR_TEST_STACK. */
export interface StackCoordinates {
  readonly adminUrl: string;
  readonly brokers: string[];
  /** The stack's own folder, with its secrets and the test issuer's keys; gone when the stack stops. */
  readonly folder: string;
}

export const COORDINATES_KEY = 'TENOR_TEST_STACK';

/** The coordinates of this run's stack. Throws outside a run that started one. */
export function testStack(): StackCoordinates {
  const text = process.env[COORDINATES_KEY];
  if (!text)
    throw new Error(`${COORDINATES_KEY} is not set: run this through jest, whose global set-up starts a stack`);
  return JSON.parse(text) as StackCoordinates;
}
