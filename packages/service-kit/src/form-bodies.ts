import type { App } from './app.ts';
import type { BasicCredentials } from './basic-credentials.ts';
import { ProblemError } from './errors.ts';

/** Has the routes of this scope take forms (`application/x-www-form-urlencoded`), as objects of texts, and nothing else. */
export function readForm(scope: App): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<Buffer>(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => {
      try {
        return fieldsOf(utf8.decode(body));
      } catch {
        throw new ProblemError({ refused: 'malformed_request', detail: 'The form cannot be read.' });
      }
    },
  );
}

/** Throws for a field that comes twice: nobody could say which one is meant. */
function fieldsOf(text: string): Record<string, string> {
  const fields = [...new URLSearchParams(text)];
  if (new Set(fields.map(([name]) => name)).size < fields.length) throw new Error('A field comes twice');
  return Object.fromEntries(fields);
}

/** What an Authorization header holds of client credentials, each part encoded as in a form (RFC 6749, 2.3.1); nothing for another header. */
export function clientCredentialsOf(authorization: string | undefined): Partial<BasicCredentials> {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return {};
  const parts = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8'));
  if (parts === null) return {};
  try {
    const [username = '', password = ''] = parts.slice(1).map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
    return { username, password };
  } catch {
    return {};
  }
}
