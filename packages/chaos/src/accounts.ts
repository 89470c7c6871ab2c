import type { Acknowledged } from './operation-log.ts';

/** A row, or an entry of a list of the API, with what it is to be found by. */
export interface Stored {
  readonly id: string;
  readonly reference: string;
}

export interface Account {
  /** Acknowledged, and not there under the id that was told. */
  readonly lost: readonly Acknowledged[];
  /** There more than once, or acknowledged as two. */
  readonly doubled: readonly Acknowledged[];
  /** There, though nobody was told so. */
  readonly unasked: readonly Stored[];
}

/** Compares what was acknowledged with what is stored, by the reference that both have. */
export function accountFor(
  acknowledged: readonly Acknowledged[],
  stored: readonly Stored[],
  referenceOf: (operation: Acknowledged) => string,
): Account {
  const answers = Map.groupBy(acknowledged, referenceOf);
  const rows = Map.groupBy(stored, ({ reference }) => reference);
  const lost: Acknowledged[] = [];
  const doubled: Acknowledged[] = [];
  for (const [reference, [first, ...others]] of answers) {
    if (first === undefined) continue;
    const found = rows.get(reference) ?? [];
    if (!found.some(({ id }) => id === first.id)) lost.push(first);
    if (found.length > 1 || others.some(({ id, key }) => id !== first.id || key !== first.key)) doubled.push(first);
  }
  return { lost, doubled, unasked: stored.filter(({ reference }) => !answers.has(reference)) };
}
