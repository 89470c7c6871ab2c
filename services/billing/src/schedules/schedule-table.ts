import type { PlannedInstalment } from './schedule.ts';
import { plannedJson } from './schedule-json.ts';

/** The columns of a schedule as CSV, under the names that they have in JSON. */
export const plannedHeader = [
  'number',
  'due_date',
  'principal',
  'interest',
  'fee',
  'total',
  'balance_after',
] as const satisfies readonly (keyof ReturnType<typeof plannedJson>)[];

/** One row under `plannedHeader`. */
export function plannedCells(instalment: PlannedInstalment, currency: string): string[] {
  const planned = plannedJson(instalment, currency);
  return plannedHeader.map((name) => String(planned[name]));
}
