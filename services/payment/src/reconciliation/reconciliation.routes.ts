import { date } from '@tenor/calendar';
import { type FieldError, PAGE_LIMIT_DEFAULT, type Refusal } from '@tenor/contracts';
import { type App, commandContext, decodeCursor, encodeCursor, isRefusal, validationFailed } from '@tenor/service-kit';
import { differing } from './books.commands.ts';
import { type HealingService, heal } from './heal.commands.ts';
import { type Reconcile, reconcile } from './reconciliation.commands.ts';
import {
  HealedSchema,
  HealSchema,
  ReconciliationCursorSchema,
  ReconciliationQuerySchema,
  ReconciliationSchema,
} from './reconciliation.schemas.ts';
import { viewImported, viewInFlight, viewPayment, viewRefund, viewTotals } from './reconciliation-view.ts';

const tags = ['reconciliation'];

/** Comparing payments and refunds with what billing made of them, and curing what was lost on the way. */
export function reconciliationRoutes(app: App, service: HealingService): void {
  app.get(
    '/v1/reconciliation',
    {
      config: { permission: 'reconciliation:read', refusals: ['billing_unavailable'] },
      schema: {
        tags,
        summary: "Compare settled payments, by value date, and refunds, by day, with billing's books",
        querystring: ReconciliationQuerySchema,
        response: { 200: ReconciliationSchema },
      },
    },
    async ({ query }) => {
      const command = toCommand(query);
      if (isRefusal(command)) return command;
      const found = await reconcile(service, command);
      if (isRefusal(found)) return found;
      const { payments, refunds, imported, next } = found;
      return {
        data: differing(payments).map(viewPayment),
        refunds: differing(refunds).map(viewRefund),
        totals: viewTotals(payments),
        imported: imported.map(viewImported),
        in_flight: viewInFlight([...payments, ...refunds]),
        next_cursor: cursorOf(next),
      };
    },
  );

  app.post(
    '/v1/reconciliation/heal',
    {
      config: { permission: 'reconciliation:write', refusals: ['billing_unavailable'] },
      schema: {
        tags,
        summary: 'Cure what was lost between the services; list what needs a person',
        body: HealSchema,
        response: { 200: HealedSchema },
      },
    },
    async (request, reply) => {
      const command = toCommand(request.body);
      if (isRefusal(command)) return command;
      const outcome = await heal(service, commandContext(request), command);
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('idempotency-replayed', 'true');
      const { payments, refunds, in_flight, next } = outcome.result;
      return {
        healed: payments.healed.map(({ id: payment_id, remedy }) => ({ payment_id, remedy })),
        needs_person: payments.needs_person.map(({ id: payment_id, kind }) => ({ payment_id, kind })),
        refunds: {
          healed: refunds.healed.map(({ id: refund_id, remedy }) => ({ refund_id, remedy })),
          needs_person: refunds.needs_person.map(({ id: refund_id, kind }) => ({ refund_id, kind })),
        },
        in_flight,
        next_cursor: cursorOf(next),
      };
    },
  );
}

interface Asked {
  readonly date?: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

function toCommand(asked: Asked): Reconcile | Refusal {
  const { date: day, from = day, to = day, limit = PAGE_LIMIT_DEFAULT } = asked;
  if (from === undefined || to === undefined) return validationFailed([noDates]);
  const position = decodeCursor(asked.cursor, ReconciliationCursorSchema);
  if (isRefusal(position)) return position;
  const { of = 'payments', last } = position ?? {};
  const after = last && { date: date(last.date), id: last.id };
  return { dates: { from, to }, from: { of, after }, limit };
}

const noDates: FieldError = { pointer: '/date', code: 'required', message: 'is needed, or both from and to' };

interface Next {
  readonly of: 'payments' | 'refunds';
  readonly after?: { readonly date: string; readonly id: string } | null | undefined;
}

function cursorOf(next: Next | null): string | null {
  if (next === null) return null;
  const { of, after } = next;
  return encodeCursor(after ? { of, last: { date: after.date, id: after.id } } : { of });
}
