/** What a row said: its cells in the file's order, or the member of an array. */
export type RowValues = { readonly cells: readonly string[] } | { readonly item: unknown };

const FORMAT = 1;

/** The stored text; it names its format, so that an encrypted one can stand beside it. */
export function sealValues(values: RowValues): string {
  return JSON.stringify({ format: FORMAT, ...values });
}

/** Throws on a text of another format, which a newer release has written. */
export function openValues(text: string): RowValues {
  const { format, ...values } = JSON.parse(text) as RowValues & { format: number };
  if (format !== FORMAT) throw new Error(`Values of the unknown format ${format}`);
  return values;
}
