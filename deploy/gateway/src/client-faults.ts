import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_CONTENT_TYPE, type Refusal } from '@tenor/contracts';
import { problemOf } from './problem-replies.ts';
import { requestIdOf } from './request-id.ts';
import { securityHeaders } from './security-headers.ts';

const refusals: Readonly<Record<string, Refusal>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { refused: 'request_timeout', detail: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { refused: 'headers_too_large', detail: 'The headers have more bytes than are taken here.' },
};
const unreadable: Refusal = { refused: 'malformed_request', detail: 'What was sent is not HTTP.' };

/** Answers what never became a request (not HTTP, headers too large, too slow) as a problem and closes the connection. */
export function answerClientFault(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (!socket.writable) {
    socket.destroy(error);
    return;
  }
  const refusal = refusals[error.code ?? ''] ?? unreadable;
  const { status, headers, body } = problemOf(refusal, { id: requestIdOf({ headers: {} }), url: '' });
  const text = JSON.stringify(body);
  const lines = Object.entries({
    ...securityHeaders,
    ...headers,
    'content-type': PROBLEM_CONTENT_TYPE,
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${text}`);
}

/** Node would answer an `Expect` that it does not know with a bare 417; RFC 9110 lets a server go on instead. */
export function ignoreUnknownExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
}
