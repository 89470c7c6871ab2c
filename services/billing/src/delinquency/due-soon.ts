import type { LocalDate } from '@tenor/calendar';
import { isSettled, type LoanInstalment } from './instalment.ts';

/** What of a loan the instalments to come follow from. */
export interface ExpectedLoan {
  /** Null until the money was paid out: nothing falls due before. */
  readonly disbursedOn: LocalDate | null;
  /** In the order of their due dates. */
  readonly instalments: readonly LoanInstalment[];
}

/** The instalments that owe something and fall due on `asOf` or later, on a date that was not told of yet. */
export function untold({ disbursedOn, instalments }: ExpectedLoan, asOf: LocalDate, told: readonly LocalDate[]) {
  if (disbursedOn === null) return [];
  return instalments.filter(
    (instalment) => instalment.dueDate >= asOf && !isSettled(instalment) && !told.includes(instalment.dueDate),
  );
}
