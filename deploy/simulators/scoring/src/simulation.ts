import { type Static, Type } from 'typebox';

const DELAY_MS_MAX = 600_000;
const COUNT_MAX = 1_000;

const FaultSchema = Type.Enum(['none', 'down', 'garbage', 'lost', 'late', 'twice'], {
  default: 'none',
  description:
    'Proper; 503; what is not understood; done, but the connection is cut; done, but the answer comes after delay_ms; for the callback, asked twice at once',
});
export type Fault = Static<typeof FaultSchema>;

/** How the engine behaves from now on. A request gives what it wants to differ; the rest goes back to the default. */
export const SimulationSchema = Type.Object(
  {
    create_client: FaultSchema,
    initiate: FaultSchema,
    query: FaultSchema,
    callback: FaultSchema,
    delay_ms: Type.Integer({ minimum: 0, maximum: DELAY_MS_MAX, default: 0, description: 'Before a late answer' }),
    not_ready: Type.Integer({
      minimum: 0,
      maximum: COUNT_MAX,
      default: 0,
      description: 'How many queries of a token come too early',
    }),
    score: Type.Integer({ minimum: 0, maximum: 1_000, default: 564 }),
    limit_amount: Type.Number({ minimum: 0, maximum: 1_000_000_000, default: 30_000 }),
    excluded: Type.Boolean({ default: false, description: 'Everybody is excluded' }),
  },
  { additionalProperties: false },
);
export type Simulation = Static<typeof SimulationSchema>;

export const properly: Simulation = {
  create_client: 'none',
  initiate: 'none',
  query: 'none',
  callback: 'none',
  delay_ms: 0,
  not_ready: 0,
  score: 564,
  limit_amount: 30_000,
  excluded: false,
};
