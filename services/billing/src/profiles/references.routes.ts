import { ReferencesQuestionSchema, ReferencesSchema } from '@tenor/contracts';
import type { App, Database } from '@tenor/service-kit';
import { customerReferences, loanReferences } from './references.store.ts';

interface Dependencies {
  readonly database: Database;
  readonly refOf: (externalId: string) => string;
}

/** For payment's part of the profiles alone. The gateway never routes it. */
export function referencesRoutes(app: App, { database, refOf }: Dependencies): void {
  app.post(
    '/internal/v1/references',
    {
      config: { permission: 'internal:read' },
      schema: {
        tags: ['internal'],
        summary: 'What clients call customers and loans, by id or by such a name',
        body: ReferencesQuestionSchema,
        response: { 200: ReferencesSchema },
      },
    },
    async ({ body }) => ({
      customers: await customerReferences(database, refOf, body),
      loans: await loanReferences(database, body),
    }),
  );
}
