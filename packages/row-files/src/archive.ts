import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { type ByteSource, readableOf } from './byte-source.ts';
import { FileFault } from './file-fault.ts';
import type { ReadLimits } from './table.ts';

const ENTRIES_MAX = 1_000;
/** Below this no ratio says anything. */
const RATIO_FROM_BYTES = 1_048_576;

/** The parts of a workbook by their path. */
export interface Archive {
  has(path: string): boolean;
  /** Inflates a part as it is read. Throws a FileFault as soon as more comes out than the limits allow, and at its end when its check sum is another. */
  read(path: string): AsyncIterable<Buffer>;
  close(): void;
}

class SourceReader extends RandomAccessReader {
  readonly source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return readableOf(this.source.stream(start, end));
  }
}

/** Opens a zip archive by its directory. Throws a FileFault for what is none, or hides what it holds. */
export async function openArchive(source: ByteSource, limits: ReadLimits): Promise<Archive> {
  const zip: ZipFile = await fromRandomAccessReaderPromise(new SourceReader(source), source.size, { autoClose: false });
  const entries = new Map<string, Entry>();
  let inflated = 0;
  try {
    if (zip.entryCount > ENTRIES_MAX)
      throw new FileFault('inflates_too_much', `The archive has ${zip.entryCount} parts.`);
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName))
        throw new FileFault('file_corrupt', 'Two parts of the archive have the same name.');
      entries.set(entry.fileName, entry);
    }
  } catch (error) {
    zip.close();
    throw error;
  }
  return {
    has: (path) => entries.has(path),
    close: () => zip.close(),
    async *read(path) {
      const entry = entries.get(path);
      if (entry === undefined) throw new FileFault('not_a_workbook', `The archive has no ${path}.`);
      if (!entry.canDecodeFileData())
        throw new FileFault('file_corrupt', 'A part is encrypted, or packed in a rare way.');
      let size = 0;
      let sum = 0;
      for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
        size += chunk.length;
        inflated += chunk.length;
        const isBomb = size > RATIO_FROM_BYTES && size > entry.compressedSize * limits.inflation;
        if (isBomb || inflated > limits.inflatedBytes) {
          throw new FileFault('inflates_too_much', 'The file holds far more than its size says.');
        }
        sum = crc32(chunk, sum);
        yield chunk;
      }
      if (sum !== entry.crc32) throw new FileFault('file_corrupt', 'A part of the archive is not as it was packed.');
    },
  };
}
