import { type AuditSource, timeOfId } from '@tenor/service-kit';

/** The journal tells of loans: each event who recorded it, and what it says. */
const journal: AuditSource = {
  entity: 'loan',
  isId: (id) => timeOfId(id) !== undefined,
  select: `select e.id, e.recorded_at, e.actor as caller, e.origin -> 'roles' as roles, e.origin ->> 'address' as address,
                  e.origin ->> 'request_id' as request_id, 'loan' as entity, e.loan_id::text as entity_id,
                  e.type as action, null::jsonb as before, e.payload::jsonb as after
             from loan_events e`,
  columns: { id: 'e.id', caller: 'e.actor', recordedAt: 'e.recorded_at' },
  ofEntity: (parameter) =>
    `(e.customer_id, e.loan_id) = (select l.customer_id, l.id from loans l where l.id = ${parameter}::uuid)`,
};

export const auditSources: readonly AuditSource[] = [journal];
