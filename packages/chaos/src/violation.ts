/** A rule that does not hold, and where. */
export interface Violation {
  readonly rule: string;
  readonly found: string;
}

const SAMPLE_LENGTH_MAX = 2_000;

/** No violation when nothing was found that breaks the rule. */
export function rule(name: string, found: readonly unknown[]): Violation[] {
  if (found.length === 0) return [];
  return [{ rule: name, found: `${found.length}: ${JSON.stringify(found).slice(0, SAMPLE_LENGTH_MAX)}` }];
}
