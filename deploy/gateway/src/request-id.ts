import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** As the services take it: short and plain enough to be logged and sent on. */
const requestIdForm = /^[A-Za-z0-9._:-]{1,128}$/;

/** The client's x-request-id when a service would keep it, else a new one, so that both name the request alike. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && requestIdForm.test(given) ? given : randomUUID();
}
