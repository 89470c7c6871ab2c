import type { IncomingMessage } from 'node:http';

/** The whole body, or why there is none: more bytes than the limit, or the sender went away before its end. */
export type BodyRead =
  | { readonly kind: 'complete'; readonly bytes: Buffer }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'cut_off' };

/**
 * Reads a message's body up to a limit. Above it the answer is `too_large` at once, and what still arrives is
 * read and thrown away: unread bytes would keep the connection's next request from being seen, and closing on
 * them would reset the connection, the answer with it.
 */
export function readBody(message: IncomingMessage, limitBytes: number): Promise<BodyRead> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      resolve({ kind: 'too_large' });
    });
    message.once('end', () => resolve({ kind: 'complete', bytes: Buffer.concat(chunks) }));
    message.on('error', () => resolve({ kind: 'cut_off' }));
    message.once('close', () => resolve({ kind: 'cut_off' }));
    if (message.destroyed) resolve({ kind: 'cut_off' });
    if ((declaredLength(message) ?? 0) > limitBytes) resolve({ kind: 'too_large' });
  });
}

/** The length in bytes that a message's Content-Length gives; `undefined` without one. */
export function declaredLength(message: IncomingMessage): number | undefined {
  const length = message.headers['content-length'];
  return length === undefined ? undefined : Number.parseInt(length, 10);
}
