import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** An answer is data: a browser that shows it as a page may load, run and frame nothing. */
const options = {
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  referrerPolicy: { policy: 'no-referrer' },
} as const;

/** What helmet puts on an answer, asked for once: answers that no hook sees, such as to what is not HTTP, need it too. */
function headersOf(given: Parameters<typeof helmet>[0]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader(name: string, value: string) {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => undefined,
  };
  helmet(given)({} as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return headers;
}

/** On every answer, refusals too. */
export const securityHeaders = headersOf(options);

/** Of the documentation's pages, whose scripts, styles and requests are their own; the buttons have styles of theirs. */
export const DOCS_CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
