import { type AuditSource, timeOfId } from '@tenor/service-kit';

/** Each payment tells who recorded it, and what it was then; amounts in minor units. */
const payments: AuditSource = {
  entity: 'payment',
  isId: (id) => timeOfId(id) !== undefined,
  select: `select p.id, p.recorded_at, p.caller, p.origin -> 'roles' as roles, p.origin ->> 'address' as address,
                  p.origin ->> 'request_id' as request_id, 'payment' as entity, p.id::text as entity_id,
                  'recorded' as action, null::jsonb as before,
                  jsonb_build_object('customer_id', p.customer_id, 'amount_minor', p.amount::text, 'currency', p.currency,
                    'value_date', p.value_date, 'method', p.method, 'allocation', p.allocation) as after
             from payments p`,
  columns: { id: 'p.id', caller: 'p.caller', recordedAt: 'p.recorded_at' },
  ofEntity: (parameter) => `p.id = ${parameter}::uuid`,
};

export const auditSources: readonly AuditSource[] = [payments];
