import type { Refusal } from '@tenor/contracts';
import type { UnitOfWork } from '@tenor/service-kit';

/** A column of a kind's files, found by its name whatever its case and place. */
export interface Column {
  readonly name: string;
  /** Whether a file without the column is refused whole; an empty cell is the kind's business either way. */
  readonly required: boolean;
}

/** A row of a table, as the file has it. */
export interface RowRecord {
  /** As a spreadsheet counts: the header is row 1 of a file that begins with it. */
  readonly number: number;
  /**
   * By the kind's own column names: trimmed text, and '' for a cell that is empty or missing. A spreadsheet's number is
   * the decimal that its double prints to 15 significant digits; a date in one may be a serial: `sheetDecimal`, `sheetDate`.
   */
  readonly cells: Readonly<Record<string, string>>;
}

/** What a job is asked to do with all its rows. */
export interface RowJob<Parameters extends object = object> {
  readonly id: string;
  /** As the request gave them, such as `{ as_of, currency }`: plain JSON. */
  readonly parameters: Parameters;
}

/** What makes a row the same row when it comes again, in any file. */
export interface RowIdentity {
  /** Unique within the kind for ever, such as a customer's number and the loan's. Stored as a keyed hash only. */
  readonly key: string;
  /** Plain JSON: what must be equal for the row to be the same; stored as a keyed hash only. */
  readonly content: unknown;
}

/** A row that was done, with the ids of what stands for it now: `{ customer_id }`. Nothing personal. */
export interface RowDone {
  readonly result: Readonly<Record<string, string>>;
}

/**
 * A row that was refused. With a `result` the refusal itself left something that stands, so that the row is known from
 * then on and answers the same when it comes again; without one it may be tried again as if it had never come.
 */
export interface RowRefusal extends Refusal {
  readonly result?: Readonly<Record<string, string>>;
}

export type RowOutcome = RowDone | RowRefusal;

/**
 * What a kind of file means. The machinery reads the file in pieces, checks its columns, cuts it into chunks, and
 * commits each chunk's effects, outcomes and place in the file in one transaction.
 */
export interface RowKind<Row, Parameters extends object = object, Prepared = unknown> {
  /** As it is stored and asked for: `customers`. */
  readonly name: string;
  readonly columns: readonly Column[];
  /** Few enough that their customers are locked for a moment only (aim: 100 ms). */
  readonly rowsPerChunk: number;
  /** Pure. Refuses (`validation_failed`, with an error at `/<column>` for each cell) what is no row of this kind. */
  read(record: RowRecord, job: RowJob<Parameters>): Row | Refusal;
  /** As `read`, for one member of a JSON array; a kind without it takes tables only. */
  readItem?(item: unknown, job: RowJob<Parameters>): Row | Refusal;
  /** Pure. A row whose key and content are known never comes to `perform`: it is answered as the first time. */
  identify(row: Row, job: RowJob<Parameters>): RowIdentity;
  /** Before the chunk's transaction, for what must not run inside one; `perform` is given what it finds. An environment fault repeats the chunk. */
  prepare?(rows: readonly Row[], job: RowJob<Parameters>): Promise<Prepared>;
  /**
   * Performs the rows, each of another key, in the chunk's transaction under their customers' locks, with few and bulk
   * statements. The outcome of each in the same order; of a refused row nothing may be written beyond its `result`.
   * What throws an environment fault is repeated; another error is taken for a bug of one row: the chunk is repeated row
   * by row, and a row that fails alone is refused as `internal_error`. May run more than once: effects only in `uow`.
   */
  perform(
    uow: UnitOfWork,
    rows: readonly Row[],
    job: RowJob<Parameters>,
    prepared: Prepared,
  ): Promise<readonly RowOutcome[]>;
}
