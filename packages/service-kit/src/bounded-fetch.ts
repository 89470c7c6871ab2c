/** How long an answer may take, from the request to its last byte, and how much of it is read. */
export interface FetchBounds {
  readonly timeoutMs: number;
  readonly bytesMax: number;
}

export interface FetchedText {
  readonly status: number;
  readonly text: string;
}

/** An answer of another system that is longer than anybody wants to read. */
export class AnswerTooLargeError extends Error {
  override name = 'AnswerTooLargeError';
}

/**
 * Asks another system over HTTP. Rejects when it does not answer in time, redirects, or answers more than `bytesMax`
 * bytes or what is not UTF-8: a peer that is slow or hostile costs no more than the bounds.
 */
export async function fetchText(url: string, request: RequestInit, bounds: FetchBounds): Promise<FetchedText> {
  const signal = AbortSignal.timeout(bounds.timeoutMs);
  const response = await fetch(url, { ...request, redirect: 'error', signal });
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    bytes += piece.byteLength;
    if (bytes > bounds.bytesMax) {
      throw new AnswerTooLargeError(`more than ${bounds.bytesMax} bytes`);
    }
    pieces.push(piece);
  }
  const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  return { status: response.status, text };
}
