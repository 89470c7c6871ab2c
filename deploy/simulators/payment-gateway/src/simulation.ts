import { type Static, Type } from 'typebox';

const DELAY_MS_MAX = 600_000;
const COPIES_MAX = 5;

const closed = { additionalProperties: false } as const;

/** How the provider behaves from now on. A request gives what it wants to differ; the rest goes back to the default. */
export const SimulationSchema = Type.Object(
  {
    answer: Type.Enum(['proper', 'refused', 'unavailable', 'garbage', 'lost'], {
      default: 'proper',
      description:
        'To a charge or payout: 201; 422 and not made; 503 and not made; made, but answered by what is no JSON; made, but the connection is cut',
    }),
    outcome: Type.Enum(['succeed', 'fail', 'fail_then_succeed', 'succeed_then_fail'], {
      default: 'succeed',
      description: 'What becomes of it, told by webhooks; a payout that succeeds and then fails has bounced',
    }),
    failure_code: Type.String({ minLength: 1, maxLength: 64, default: 'insufficient_funds' }),
    delay_ms: Type.Integer({ minimum: 0, maximum: DELAY_MS_MAX, default: 50, description: 'Before the first webhook' }),
    copies: Type.Integer({ minimum: 1, maximum: COPIES_MAX, default: 1, description: 'Of each webhook, at once' }),
    reverse_order: Type.Boolean({ default: false, description: 'The newest webhook of an operation comes first' }),
    silent: Type.Boolean({ default: false, description: 'Webhooks are lost: who asks for the outcome is told' }),
    hold_back: Type.Boolean({ default: false, description: 'Webhooks wait until this is false again' }),
    forged: Type.Boolean({
      default: false,
      description: 'Each webhook comes first with a signature of another secret',
    }),
  },
  closed,
);
export type Simulation = Static<typeof SimulationSchema>;

export const properly: Simulation = {
  answer: 'proper',
  outcome: 'succeed',
  failure_code: 'insufficient_funds',
  delay_ms: 50,
  copies: 1,
  reverse_order: false,
  silent: false,
  hold_back: false,
  forged: false,
};

/** What a caller asks for; `reference` is the caller's own id, which webhooks repeat. */
export const RequestSchema = Type.Object(
  {
    reference: Type.String({ minLength: 1, maxLength: 128 }),
    amount: Type.String({ pattern: '^\\d{1,20}(\\.\\d{1,4})?$' }),
    currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  },
  closed,
);
export type OperationRequest = Static<typeof RequestSchema>;
