import { type Static, Type } from 'typebox';

const DELAY_MS_MAX = 600_000;

const FaultSchema = Type.Enum(
  [
    'none',
    'slow',
    'down',
    'garbage',
    'wrong_schema',
    'unknown_customer',
    'lost',
    'entity_bomb',
    'external_entity',
    'polluted',
    'oversized',
  ],
  {
    default: 'none',
    description:
      'Proper; proper after delay_ms; 503; no XML; XML of another schema; as if the number were unknown; the connection is cut; entities that expand without end; an entity that reads a file; references that reach for a prototype; more bytes than anyone wants',
  },
);
export type Fault = Static<typeof FaultSchema>;

/** How core banking behaves from now on. A request gives what it wants to differ; the rest goes back to the default. */
export const SimulationSchema = Type.Object(
  {
    wsdl: FaultSchema,
    customer: FaultSchema,
    transactions: FaultSchema,
    delay_ms: Type.Integer({ minimum: 0, maximum: DELAY_MS_MAX, default: 0, description: 'Before a slow answer' }),
  },
  { additionalProperties: false },
);
export type Simulation = Static<typeof SimulationSchema>;

export const properly: Simulation = { wsdl: 'none', customer: 'none', transactions: 'none', delay_ms: 0 };
