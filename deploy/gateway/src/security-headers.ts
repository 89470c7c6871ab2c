import type { IncomingMessage, ServerResponse } from 'node:http';
import helmet from 'helmet';

/** As the services': an answer is data, and a browser that shows it as a page may load, run and frame nothing. */
const options = {
  contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
  referrerPolicy: { policy: 'no-referrer' },
} as const;

/** What helmet puts on an answer, asked for once: a service's answer, whose headers are written as they came, must not get it twice. */
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

/** On what the gateway answers in its own name; the services' answers bring theirs. */
export const securityHeaders = headersOf(options);

/** Of the documentation's pages, whose scripts, styles and requests are their own; the buttons have styles of theirs. */
export const DOCS_CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
