import { Type } from 'typebox';

const url = (description: string) => Type.Optional(Type.String({ pattern: '^https?://[^\\s?#]+$', description }));
const word = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }));
const secret = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 500, secret: true, description }));

/** Where core banking and the scoring engine are; billing does everything else without them. */
export const outsideKeys = {
  CORE_BANKING_WSDL_URL: url(
    'Where the WSDL of core banking is read; without it no loan that is scored outside is taken.',
  ),
  CORE_BANKING_URL: url('Endpoint of its operations, whatever the WSDL says.'),
  CORE_BANKING_USERNAME: word('Ours at core banking, by basic authentication.'),
  CORE_BANKING_PASSWORD: secret('Ours at core banking.'),
  CORE_BANKING_TIMEOUT_MS: Type.Integer({
    minimum: 50,
    maximum: 10_000,
    default: 5_000,
    description: 'How long core banking may take for an answer, in milliseconds.',
  }),
  CORE_BANKING_CONCURRENCY: Type.Integer({
    minimum: 1,
    maximum: 200,
    default: 10,
    description: 'Most calls to core banking at once; more are answered 503.',
  }),
  CORE_BANKING_REST_MS: Type.Integer({
    minimum: 50,
    maximum: 300_000,
    default: 5_000,
    description: 'How long core banking is left alone after most calls failed, in milliseconds.',
  }),
  SCORING_URL: url('Origin of the scoring engine; without it loans that it decides stay pending.'),
  SCORING_TIMEOUT_MS: Type.Integer({
    minimum: 50,
    maximum: 30_000,
    default: 5_000,
    description: 'How long the scoring engine may take for an answer, in milliseconds.',
  }),
  SCORING_FIRST_RETRY_MS: Type.Integer({
    minimum: 10,
    maximum: 60_000,
    default: 1_000,
    description: 'Pause before the first retry, doubled before each after it, in milliseconds.',
  }),
  TRANSACTIONS_URL: url('How the scoring engine reaches `GET /transactions/{customerNumber}`, without the number.'),
  TRANSACTIONS_USERNAME: word('What the scoring engine sends us there, by basic authentication.'),
  TRANSACTIONS_PASSWORD: secret('What the scoring engine sends us there.'),
};
