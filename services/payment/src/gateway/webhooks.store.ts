import { type Sql, statement } from '@tenor/service-kit';

const claim = statement(
  'provider_events_claim',
  'insert into provider_events (provider, event_id) values ($1, $2) on conflict do nothing returning event_id',
);

/** Whether this webhook is seen for the first time; it is remembered once the transaction commits. */
export async function claimProviderEvent(sql: Sql, provider: string, eventId: string): Promise<boolean> {
  const rows = await sql.query(claim, [provider, eventId]);
  return rows.length > 0;
}
