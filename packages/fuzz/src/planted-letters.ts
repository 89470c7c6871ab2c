import { newId } from '@tenor/service-kit';
import type { SqlConnection } from '@tenor/testing';

const LETTERS = 3;
const groups = { billing: 'billing.repayments', payment: 'payment.projection' } as const;

/**
 * Puts a few unreadable messages among each service's dead letters, so that the routes that read, replay and discard
 * them have something to act on. Returns how to remove them again.
 */
export async function plantDeadLetters(sql: SqlConnection, topicPrefix: string): Promise<() => Promise<void>> {
  const ids: string[] = [];
  for (const [schema, group] of Object.entries(groups)) {
    for (let offset = 0; offset < LETTERS; offset += 1) {
      const id = newId();
      ids.push(id);
      await sql.rows(
        `insert into ${schema}.dead_letters
           (id, consumer, topic, partition, message_offset, value, status, reason, detail, attempts)
         values ($1, $2, $3, 0, $4, '{', 'dead', 'undecodable', 'planted', 1)`,
        [id, group, `${topicPrefix}planted`, offset],
      );
    }
  }
  return async () => {
    for (const schema of Object.keys(groups)) {
      await sql.rows(`delete from ${schema}.dead_letters where id = any($1)`, [ids]);
    }
  };
}
