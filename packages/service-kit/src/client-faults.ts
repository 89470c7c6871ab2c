import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { PROBLEM_CONTENT_TYPE, type Refusal } from '@tenor/contracts';
import { problemOf } from './errors.ts';
import { newId } from './ids.ts';
import { securityHeaders } from './security-headers.ts';

const refusals: Record<string, Refusal> = {
  ERR_HTTP_REQUEST_TIMEOUT: { refused: 'request_timeout', detail: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { refused: 'headers_too_large', detail: 'The headers have more bytes than are taken here.' },
};
const unreadable: Refusal = { refused: 'malformed_request', detail: 'What was sent is not HTTP.' };

/** Answers what never became a request (not HTTP, headers too large, too slow) as a problem and closes the connection. */
export function answerClientFault(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, body } = problemOf(refusals[error.code ?? ''] ?? unreadable, { id: newId(), url: '' });
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${PROBLEM_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(text)}`,
    `X-Request-Id: ${body.request_id}`,
    ...Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
  ];
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
  else socket.destroy(error);
}

/** Node would answer an `Expect` that it does not know with a bare 417; RFC 9110 lets a server go on instead. */
export function ignoreUnknownExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => void server.emit('request', request, response));
}
