/** What a subscription wants: `*` (all), a type (`loan.approved`), or all of one kind (`loan.*`). */
export type EventPattern = string;

/** Whether one of the patterns covers the event type. */
export function wants(patterns: readonly EventPattern[], type: string): boolean {
  return patterns.some((pattern) => covers(pattern, type));
}

/** Patterns that cover none of the known types: mistakes, since an event of no such type will ever come. */
export function patternsOfNothing(patterns: readonly EventPattern[], types: readonly string[]): EventPattern[] {
  return patterns.filter((pattern) => !types.some((type) => covers(pattern, type)));
}

function covers(pattern: EventPattern, type: string): boolean {
  return pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));
}
