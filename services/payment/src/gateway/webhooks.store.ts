import { type Purge, type Sql, statement } from '@tenor/service-kit';

/**
 * How long the id of a webhook is remembered. A copy of its bytes is of no use after two times the tolerance of a
 * signature, ten minutes; a provider may sign and send it anew for days, and what it tells is then old news to the
 * payment or refund itself.
 */
export const providerEventPurge: Purge = { table: 'provider_events', column: 'received_at', keepDays: 30 };

const claim = statement(
  'provider_events_claim',
  'insert into provider_events (provider, event_id) values ($1, $2) on conflict do nothing returning event_id',
);

/** Whether this webhook is seen for the first time; it is remembered once the transaction commits. */
export async function claimProviderEvent(sql: Sql, provider: string, eventId: string): Promise<boolean> {
  const rows = await sql.query(claim, [provider, eventId]);
  return rows.length > 0;
}
