import { pipeline, Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CsvError, type Info, parse } from 'csv-parse';
import { type ByteSource, watchedSource } from './byte-source.ts';
import { FileFault } from './file-fault.ts';
import { type ReadLimits, SPREADSHEET_ROWS, type TableRow } from './table.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;
const RECORD_LENGTH_MAX = 262_144;
/** The parser makes all records of a slice before the first is taken: few enough to hold, and soon done. */
const SLICE_BYTES = 2_048;
/** The apostrophe that keeps a spreadsheet from running a text, as Tenor's own CSV has it: no part of the text. */
const HARMLESS_FORMULA = /^'(?=[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])/;

/**
 * The rows of a CSV file in UTF-8, with or without a byte order mark; the delimiter is the one of comma, semicolon, tab and
 * bar that the first line has most of. Throws a FileFault for what cannot be read, and what the source throws as it is.
 */
export async function* readCsv(source: ByteSource, limits: ReadLimits): AsyncGenerator<TableRow> {
  const watched = watchedSource(source);
  try {
    yield* recordsOf(wholeLineEnds(decoded(slicesOf(watched.stream(0, source.size)))), limits);
  } catch (error) {
    const failure = watched.failure();
    if (failure !== undefined) throw failure.error;
    if (error instanceof CsvError) throw new FileFault('file_corrupt', `The CSV breaks off: ${error.code}.`);
    throw error;
  }
}

/** The text of the bytes. Throws a FileFault for what is no UTF-8. */
export async function* decoded(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Buffer): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch {
      throw new FileFault('not_utf8', 'The file is not written in UTF-8.');
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

/** The bytes a little at a time; between two slices others have their turn. */
async function* slicesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      yield chunk.subarray(at, at + SLICE_BYTES);
      await nextTurn();
    }
  }
}

/** The parser tells how lines end by the first that does: no text ends between the two characters of one. */
async function* wholeLineEnds(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const text of texts) {
    const all = held + text;
    held = all.endsWith('\r') ? '\r' : '';
    yield held === '' ? all : all.slice(0, -1);
  }
  if (held !== '') yield held;
}

async function* recordsOf(texts: AsyncGenerator<string>, limits: ReadLimits): AsyncGenerator<TableRow> {
  const first = await firstLine(texts);
  async function* whole(): AsyncGenerator<string> {
    yield first;
    yield* texts;
  }
  const parser = parse({
    delimiter: delimiterOf(first),
    relax_column_count: true,
    max_record_size: RECORD_LENGTH_MAX,
    skip_empty_lines: true,
    info: true,
  });
  // Whatever goes wrong before the parser is told to who reads from it.
  pipeline(Readable.from(whole()), parser, () => {});
  let count = 0;
  let blank = 0;
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
    if (record.every((text) => text.trim() === '')) {
      blank += 1;
      if (blank > SPREADSHEET_ROWS)
        throw new FileFault('rows_exceeded', `The file has more than ${SPREADSHEET_ROWS} blank rows.`);
      continue;
    }
    count += 1;
    if (count > limits.rows) throw new FileFault('rows_exceeded', `The file has more than ${limits.rows - 1} rows.`);
    if (record.length > limits.columns) {
      throw new FileFault('columns_exceeded', `The file has more than ${limits.columns} columns.`);
    }
    const isCut = record.some((text) => text.length > limits.cellLength);
    const texts = record.map((text) => text.replace(HARMLESS_FORMULA, ''));
    const number = info.records + info.empty_lines;
    yield { number, cells: isCut ? texts.map((text) => text.slice(0, limits.cellLength)) : texts, isCut };
  }
}

/** At least the first line, if it is not longer than any record. */
async function firstLine(texts: AsyncGenerator<string>): Promise<string> {
  let text = '';
  while (!/[\r\n]/.test(text) && text.length <= RECORD_LENGTH_MAX) {
    const { value, done } = await texts.next();
    if (done) break;
    text += value;
  }
  return text;
}

function delimiterOf(text: string): string {
  const [line = ''] = text.replaceAll(/"[^"]*"/g, '').split(/\r?\n|\r/, 1);
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: line.split(delimiter).length }));
  return counted.reduce((most, other) => (other.count > most.count ? other : most)).delimiter;
}
