import { date } from '@tenor/calendar';
import { type FieldError, PAGE_LIMIT_DEFAULT, type Refusal } from '@tenor/contracts';
import { type App, commandContext, decodeCursor, encodeCursor, isRefusal, validationFailed } from '@tenor/service-kit';
import { heal } from './heal.commands.ts';
import { differs, type Reconcile, type ReconciliationService, reconcile } from './reconciliation.commands.ts';
import {
  HealedSchema,
  HealSchema,
  ReconciliationCursorSchema,
  ReconciliationQuerySchema,
  ReconciliationSchema,
} from './reconciliation.schemas.ts';
import type { Position } from './reconciliation.ts';
import { viewDifference, viewInFlight, viewTotals } from './reconciliation-view.ts';

const tags = ['reconciliation'];

/** Comparing settled payments with what billing applied, and curing what was lost on the way. */
export function reconciliationRoutes(app: App, service: ReconciliationService): void {
  app.get(
    '/v1/reconciliation',
    {
      config: { permission: 'reconciliation:read', refusals: ['billing_unavailable'] },
      schema: {
        tags,
        summary: "Compare settled payments with billing's books, by value date",
        querystring: ReconciliationQuerySchema,
        response: { 200: ReconciliationSchema },
      },
    },
    async ({ query }) => {
      const command = toCommand(query);
      if (isRefusal(command)) return command;
      const found = await reconcile(service, command);
      if (isRefusal(found)) return found;
      const { judged, next } = found;
      return {
        data: judged.filter(differs).map((item) => viewDifference(item, item.outcome)),
        totals: viewTotals(judged),
        in_flight: viewInFlight(judged),
        next_cursor: cursorAfter(next),
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
      const { after, ...healed } = outcome.result;
      return { ...healed, next_cursor: cursorAfter(after) };
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
  const after = position && { valueDate: date(position.date), paymentId: position.id };
  return { dates: { from, to }, after, limit };
}

const noDates: FieldError = { pointer: '/date', code: 'required', message: 'is needed, or both from and to' };

function cursorAfter(next: Position | { valueDate: string; paymentId: string } | null): string | null {
  return next === null ? null : encodeCursor({ date: next.valueDate, id: next.paymentId });
}
