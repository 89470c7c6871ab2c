import { BEFORE_ANY_ROUTE } from '@tenor/service-kit';
import type { HttpAnswer } from './http.ts';
import type { OpenApi } from './known-ids.ts';

interface DocumentedAnswer {
  readonly content?: Readonly<Record<string, { readonly schema?: ProblemSchema }>>;
}
interface ProblemSchema {
  readonly allOf?: readonly { readonly properties?: { readonly code?: { readonly enum?: readonly string[] } } }[];
}

const anywhere: readonly string[] = BEFORE_ANY_ROUTE;

/**
 * Why the document does not cover the answer; undefined when it does: the status is listed for the operation, and a
 * problem's code is listed under the status, or is one of those that come before any route.
 */
export function whyUndocumented(
  { paths }: OpenApi,
  { method, template }: { readonly method: string; readonly template: string },
  { status, body }: HttpAnswer,
): string | undefined {
  const { code } = (body ?? {}) as { code?: string };
  if (code !== undefined && anywhere.includes(code)) return undefined;
  const operation = paths[template]?.[method.toLowerCase()];
  if (operation === undefined) return `${method} ${template} is in no document`;
  const answer = operation.responses[String(status)] as DocumentedAnswer | undefined;
  if (answer === undefined) return `${method} ${template} answered ${status}, which is not documented`;
  const schema = answer.content?.['application/problem+json']?.schema;
  if (schema === undefined) return undefined;
  const codes = (schema.allOf ?? []).flatMap(({ properties }) => properties?.code?.enum ?? []);
  if (code !== undefined && codes.includes(code)) return undefined;
  return `${method} ${template} answered ${status} with the code ${code}, which is not documented`;
}
