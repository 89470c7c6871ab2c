import { type Registered, readFields } from '@tenor/profile-kit';
import { basicCaller, isRefusal } from '@tenor/service-kit';
import { answerTransactions, type TransactionsDependencies } from '../../core-banking/transactions.routes.ts';
import { CustomerNumberParamsSchema, TransactionsSchema } from '../../core-banking/transactions.schemas.ts';
import { TransactionDataSchema, transactionDataFields } from './kopa.schemas.ts';

/** For the scoring engine, by its own user name and password. */
export function kopaTransactionsRoutes(
  { route }: Registered,
  { coreBanking, credentials }: TransactionsDependencies,
): void {
  const shape = {
    permission: 'basic',
    responses: { 200: TransactionsSchema },
    refusals: ['core_banking_unavailable'],
    config: { basic: (authorization: string | undefined) => basicCaller(credentials, authorization) },
  } as const;

  route({
    ...shape,
    method: 'GET',
    paths: ['/transactions/:customerNumber'],
    summary: "A customer's transactions; empty for a number that core banking does not know",
    params: CustomerNumberParamsSchema,
    handler: ({ params }, reply) =>
      answerTransactions(coreBanking, (params as { customerNumber: string }).customerNumber, reply),
  });

  route({
    ...shape,
    method: 'POST',
    paths: ['/transaction-data'],
    summary: 'The same, with the number in the body',
    body: TransactionDataSchema,
    async handler(request, reply) {
      const given = readFields(request.body, transactionDataFields);
      return isRefusal(given) ? given : answerTransactions(coreBanking, given.customerNumber, reply);
    },
  });
}
