import { type Static, Type } from 'typebox';

const DELAY_MS_MAX = 600_000;
const TEXT_LENGTH_MAX = 2_000;

const closed = { additionalProperties: false } as const;

/** How the provider behaves from now on. A request gives what it wants to differ; the rest goes back to the default. */
export const SimulationSchema = Type.Object(
  {
    answer: Type.Enum(['proper', 'refused', 'unavailable', 'garbage', 'lost'], {
      default: 'proper',
      description:
        '201; 422 and not sent; 503 and not sent; sent, but answered by what is no JSON; sent, but the connection is cut',
    }),
    refusal_code: Type.String({ minLength: 1, maxLength: 64, default: 'recipient_unknown' }),
    delay_ms: Type.Integer({
      minimum: 0,
      maximum: DELAY_MS_MAX,
      default: 0,
      description: 'Between the sending and the answer: above the time-out of the caller it comes too late',
    }),
  },
  closed,
);
export type Simulation = Static<typeof SimulationSchema>;

export const properly: Simulation = { answer: 'proper', refusal_code: 'recipient_unknown', delay_ms: 0 };

/** What a caller wants sent. */
export const MessageSchema = Type.Object(
  {
    reference: Type.String({ minLength: 1, maxLength: 128, description: "The caller's own id" }),
    channel: Type.Enum(['email', 'sms']),
    to: Type.String({ minLength: 1, maxLength: 254 }),
    subject: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    text: Type.String({ minLength: 1, maxLength: TEXT_LENGTH_MAX }),
  },
  closed,
);

export interface SentMessage extends Static<typeof MessageSchema> {
  readonly id: string;
  /** RFC 3339. */
  readonly sent_at: string;
  /** Requests under its key, the first one counted. */
  asked: number;
}

export const ListQuerySchema = Type.Object(
  {
    to: Type.Optional(Type.String({ maxLength: 254 })),
    reference: Type.Optional(Type.String({ maxLength: 128 })),
  },
  closed,
);
