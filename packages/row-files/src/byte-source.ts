import { Readable } from 'node:stream';

/** A file whose bytes can be read from anywhere, more than once. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `start` to before `end`. */
  stream(start: number, end: number): AsyncIterable<Buffer>;
}

/** A source that remembers why it failed, so that its fault is not taken for the file's. */
export function watchedSource(source: ByteSource): ByteSource & { failure(): { readonly error: unknown } | undefined } {
  let failure: { readonly error: unknown } | undefined;
  return {
    size: source.size,
    failure: () => failure,
    async *stream(start, end) {
      try {
        yield* source.stream(start, end);
      } catch (error) {
        failure ??= { error };
        throw error;
      }
    },
  };
}

/** A file that is in memory already. */
export function bytesSource(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    async *stream(start, end) {
      yield bytes.subarray(start, end);
    },
  };
}

export const readableOf = (chunks: AsyncIterable<Buffer>): Readable => Readable.from(chunks, { objectMode: false });
