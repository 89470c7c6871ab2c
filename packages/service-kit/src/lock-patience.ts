import type { Transaction } from './database.ts';
import { statement } from './statement.ts';

const limit = statement('lock_patience', "select set_config('lock_timeout', $1, true)");

/** For the rest of the transaction, how long it waits for each lock: Postgres's words for a time, such as `50ms`. */
export function waitForLocks(sql: Pick<Transaction, 'write'>, atMost: string): void {
  sql.write(limit, [atMost]);
}
