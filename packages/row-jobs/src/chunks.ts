/**
 * Rows in chunks of at most `size`; a chunk ends early where a key would come twice in it, so that the second time can be
 * judged by what became of the first.
 *
 * @param keyOf undefined for a row that has no key, since it is refused
 */
export async function* chunksOf<Row>(
  rows: AsyncIterable<Row>,
  size: number,
  keyOf: (row: Row) => string | undefined,
): AsyncGenerator<Row[]> {
  let chunk: Row[] = [];
  let keys = new Set<string>();
  for await (const row of rows) {
    const key = keyOf(row);
    if (chunk.length >= size || (key !== undefined && keys.has(key))) {
      yield chunk;
      [chunk, keys] = [[], new Set()];
    }
    chunk.push(row);
    if (key !== undefined) keys.add(key);
  }
  if (chunk.length > 0) yield chunk;
}
