import { type EventContract, encodeEvent } from '@tenor/contracts';
import type { Static } from 'typebox';
import type { Database, Transaction } from './database.ts';
import { newId, timeOfId } from './ids.ts';
import { writeOutboxOfDay } from './outbox.store.ts';

const DAY_MS = 86_400_000;

/**
 * Publishes, with the commit of this transaction, what is about a day (`YYYY-MM-DD`) and no customer: the day is subject
 * and key, and it has one such event. Throws a ContractError when the data breaks the contract.
 */
export function publishOfDay<Contract extends EventContract>(
  sql: Transaction,
  { schema }: Pick<Database, 'schema'>,
  { contract, day, data }: { contract: Contract; day: string; data: Static<Contract['data']> },
): void {
  const id = newId();
  const time = timeOfId(id)?.toISOString();
  if (time === undefined) throw new Error(`The event id ${id} is no UUIDv7`);
  const { topic, type } = contract;
  const envelope = { id, source: `/tenor/${schema}`, subject: day, time, sequence: 1, data };
  const event = { eventId: id, topic, type, subject: day, payload: encodeEvent(contract, envelope) };
  writeOutboxOfDay(sql, event, BigInt(Date.parse(day) / DAY_MS));
}
