import { openArchive } from './archive.ts';
import { type ByteSource, watchedSource } from './byte-source.ts';
import { FileFault } from './file-fault.ts';
import { sheetRows } from './sheet.ts';
import type { ReadLimits, TableRow } from './table.ts';
import { findSheet, readSharedStrings } from './workbook.ts';

/**
 * The rows of a workbook's first sheet, read as a stream; only the texts that cells share are held. No formula is ever
 * evaluated. Throws a FileFault for what cannot be read, and what the source throws as it is.
 */
export async function* readXlsx(source: ByteSource, limits: ReadLimits): AsyncGenerator<TableRow> {
  const watched = watchedSource(source);
  try {
    const archive = await openArchive(watched, limits);
    try {
      const { sheet, strings } = await findSheet(archive);
      const shared = strings === undefined ? [] : await readSharedStrings(archive, strings, limits.cellLength);
      yield* sheetRows(archive.read(sheet), shared, limits);
    } finally {
      archive.close();
    }
  } catch (error) {
    const failure = watched.failure();
    if (failure !== undefined) throw failure.error;
    throw error instanceof FileFault ? error : asFault(error);
  }
}

/** What the libraries throw of a file that is broken. */
function asFault(error: unknown): FileFault {
  const isNoZip = Error.isError(error) && /end of central directory|not a zip/i.test(error.message);
  return isNoZip
    ? new FileFault('not_a_workbook', 'The file is no workbook.')
    : new FileFault('file_corrupt', 'The workbook is damaged.');
}
