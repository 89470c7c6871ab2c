import { namedId } from '@tenor/service-kit';

/** The UUID of a loan's instalment for those who know instalments by ids; each service can tell it by itself. */
export const instalmentId = (loanId: string, number: number): string => namedId(loanId, String(number));

/** The number of the instalment that has the id, of the first `max`; undefined for any other id. */
export function instalmentWithId(loanId: string, id: string, max: number): number | undefined {
  for (let number = 1; number <= max; number += 1) if (instalmentId(loanId, number) === id) return number;
  return undefined;
}
