import { Type } from 'typebox';

/** Headers of a request that edits a resource. */
export const IfMatchSchema = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      pattern: '^(\\*|(W/)?"\\d{1,9}")$',
      description: 'The ETag that the change is based on, or *',
      examples: ['"1"'],
    }),
  ),
});

/** What If-Match asks of the resource: one version, any that exists, or, without the header, nothing. */
export type ExpectedVersion = number | 'any' | undefined;

export function entityTag(version: number): string {
  return `"${version}"`;
}

/** Reads an If-Match that the schema has passed. */
export function expectedVersion(ifMatch: string | undefined): ExpectedVersion {
  if (ifMatch === undefined) return undefined;
  const digits = /\d+/.exec(ifMatch)?.[0];
  return digits === undefined ? 'any' : Number.parseInt(digits, 10);
}
