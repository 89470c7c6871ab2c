import { type App, type BasicCredentials, basicCaller } from '@tenor/service-kit';
import type { FastifyReply } from 'fastify';
import type { CoreBanking } from './core-banking.client.ts';
import type { TransactionSummary } from './core-banking-answer.ts';
import { coreBankingUnavailable } from './kyc.commands.ts';
import { numberFields } from './transaction-fields.ts';
import { CustomerNumberParamsSchema, TransactionsSchema } from './transactions.schemas.ts';

export interface TransactionsDependencies {
  readonly coreBanking: CoreBanking | undefined;
  /** Those of the scoring engine; without them nobody may ask. */
  readonly credentials: BasicCredentials | undefined;
}

declare global {
  interface JSON {
    /** What `JSON.stringify` writes as this very text. */
    rawJSON(text: string): unknown;
  }
}

/** What the scoring engine asks us for. */
export function transactionsRoutes(app: App, { coreBanking, credentials }: TransactionsDependencies): void {
  app.get(
    '/transactions/:customerNumber',
    {
      config: {
        permission: 'basic',
        basic: (authorization: string | undefined) => basicCaller(credentials, authorization),
        refusals: ['core_banking_unavailable'],
      },
      schema: {
        summary:
          "A customer's transactions, for the scoring engine; empty for a number that core banking does not know",
        tags: ['scoring'],
        params: CustomerNumberParamsSchema,
        response: { 200: TransactionsSchema },
      },
    },
    async ({ params }, reply) => (await answerTransactions(coreBanking, params.customerNumber, reply)) as never,
  );
}

/** What core banking tells of a customer's transactions; nothing for a number that it does not know. */
export async function answerTransactions(
  coreBanking: CoreBanking | undefined,
  customerNumber: string,
  reply: Pick<FastifyReply, 'serializer'>,
): Promise<unknown> {
  const answer = await coreBanking?.transactions(customerNumber);
  if (answer === undefined || answer.kind === 'unavailable') return coreBankingUnavailable;
  const summaries = answer.kind === 'known' ? answer.known : [];
  // A float would not keep every digit: the texts go into the answer as they came.
  reply.serializer(JSON.stringify).type('application/json; charset=utf-8').header('cache-control', 'no-store');
  return summaries.map(present);
}

const numbers: ReadonlySet<string> = new Set(numberFields);

function present(summary: TransactionSummary) {
  return Object.fromEntries(
    Object.entries(summary).map(([name, text]) => [
      name,
      text !== null && numbers.has(name) ? JSON.rawJSON(text) : text,
    ]),
  );
}
