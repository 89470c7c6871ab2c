import type { ByteSource } from './byte-source.ts';
import { decoded } from './csv.ts';

/** A member of a JSON array that is kept one to a line. */
export interface Item {
  /** From 1. */
  readonly number: number;
  readonly item: unknown;
}

/** The lines that `readItems` reads: one for each member. */
export function* itemLines(items: readonly unknown[]): Generator<Buffer> {
  for (const item of items) yield Buffer.from(`${JSON.stringify(item)}\n`, 'utf8');
}

/** The members of an array, as `itemLines` wrote them. */
export async function* readItems(source: ByteSource): AsyncGenerator<Item> {
  let rest = '';
  let number = 0;
  for await (const text of decoded(source.stream(0, source.size))) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      yield { number, item: JSON.parse(line) };
    }
  }
}
