/** A row of a table that is not blank. */
export interface TableRow {
  /** From 1, as a spreadsheet counts. */
  readonly number: number;
  /** In the order of the columns; '' for one that is empty. */
  readonly cells: readonly string[];
  /** Whether a cell was longer than is kept of it. */
  readonly isCut: boolean;
}

/** As many as a spreadsheet has: as many blank rows may stand in a file, but no more are read. */
export const SPREADSHEET_ROWS = 1_048_576;

/** What a file may not exceed, whatever it claims of itself. */
export interface ReadLimits {
  /** Rows that are not blank, the header among them. */
  readonly rows: number;
  readonly columns: number;
  /** Characters kept of a cell. */
  readonly cellLength: number;
  /** All parts of a workbook together, inflated. */
  readonly inflatedBytes: number;
  /** Of a part's size to its size in the archive. */
  readonly inflation: number;
}

export const DEFAULT_LIMITS: ReadLimits = {
  rows: 1_000_001,
  columns: 100,
  cellLength: 1_000,
  inflatedBytes: 1_073_741_824,
  inflation: 200,
};
