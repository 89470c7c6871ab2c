import { date } from '@tenor/calendar';
import { DateSchema, PageQuerySchema } from '@tenor/contracts';
import { type App, type Database, readPage } from '@tenor/service-kit';
import { Type } from 'typebox';
import { IdParamsSchema } from '../customers/customers.schemas.ts';
import { noLoan } from '../loans/loan-views.store.ts';
import { rootJson } from './daily-root.commands.ts';
import { ProofSchema, RootPageSchema } from './integrity.schemas.ts';
import { signedBefore } from './journal-roots.store.ts';
import { proveLoan } from './loan-proof.store.ts';
import type { RootTrust } from './root-trust.store.ts';

interface IntegrityDependencies {
  readonly database: Database;
  readonly trust: RootTrust;
}

const tags = ['integrity'];
const CursorSchema = Type.Object({ day: DateSchema }, { additionalProperties: false });

export function integrityRoutes(app: App, { database, trust }: IntegrityDependencies): void {
  app.get(
    '/v1/loans/:id/proof',
    {
      config: { permission: 'loans:read', own: { loan: 'params.id' }, refusals: ['not_found'] },
      schema: {
        summary: 'Whether the journal is unbroken and what was signed, and projection and ledger are what it gives',
        tags,
        params: IdParamsSchema,
        response: { 200: ProofSchema },
      },
    },
    async ({ params: { id } }) => {
      const proof = await proveLoan(database, trust, id);
      if (proof === undefined) return noLoan(id);
      return {
        loan_id: id,
        fold_equals_projection: proof.foldEqualsProjection,
        chain_verified: proof.chainVerified,
        ledger_equals_fold: proof.ledgerEqualsFold,
        findings: proof.findings.map(({ name, seq, day }) => ({ name, seq, day })),
        signed_on: proof.signedOn,
        events: proof.events,
        head_seq: proof.head.seq,
        head_hash: proof.head.hash,
        known_at: proof.head.recordedAt,
      };
    },
  );

  app.get(
    '/v1/journal-roots',
    {
      config: { permission: 'audit:read' },
      schema: {
        summary: 'The daily signed roots of all journals, newest first, with the public keys that signed them',
        tags,
        querystring: PageQuerySchema,
        response: { 200: RootPageSchema },
      },
    },
    ({ query }) =>
      readPage(
        query,
        CursorSchema,
        (after, limit) => signedBefore(database, after === undefined ? null : date(after.day), limit),
        { item: rootJson, position: ({ day }) => ({ day }) },
      ),
  );
}
