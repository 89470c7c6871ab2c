import { type Static, type TObject, type TSchema, Type } from 'typebox';
import { closed } from './closed-schema.ts';
import { DateSchema, InstantSchema } from './dates.ts';
import type { TopicKey, TopicName } from './topics.ts';
import { topics } from './topics.ts';
import { type Check, checkOf } from './validation.ts';

export type EventSubject = 'loan' | 'customer' | 'payment' | 'refund' | 'day';

/** What both sides hold to about one type of event. Made by `defineEvent`. */
export interface EventContract<Type extends string = string, Data extends TObject = TObject> {
  readonly type: Type;
  readonly topic: TopicName;
  /** What the envelope's `subject` is the id of, or the day itself, and what `sequence` counts for. */
  readonly subject: EventSubject;
  readonly title: string;
  readonly description: string;
  readonly data: Data;
  readonly example: Static<Data>;
  /** URN of the data's schema, the envelope's `dataschema`. */
  readonly dataschema: string;
  /** For consumers: undeclared fields pass. */
  readonly checkMessage: Check;
  /** For producers: undeclared fields are faults. */
  readonly checkData: Check;
  /** For producers: the message around data that has passed. */
  readonly checkEnvelope: Check;
}

export interface EventDefinition<Type extends string, Data extends TObject> {
  readonly type: Type;
  readonly topic: TopicKey;
  readonly subject: EventSubject;
  readonly title: string;
  readonly description: string;
  readonly data: Data;
  readonly example: Static<Data>;
}

export const CLOUD_EVENTS_CONTENT_TYPE = 'application/cloudevents+json; charset=utf-8';

const envelope = {
  specversion: Type.Literal('1.0'),
  id: Type.String({ format: 'uuid', description: 'UUIDv7 of the event: the key to recognise a duplicate by' }),
  source: Type.String({ pattern: '^/tenor/[a-z-]+$', description: 'The service that published it' }),
  time: InstantSchema,
  datacontenttype: Type.Literal('application/json'),
  dataschema: Type.String({ description: 'URN of the schema of `data`' }),
  sequence: Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Counts the events of this subject from 1 without gaps; ignore what you have passed',
  }),
  traceparent: Type.Optional(Type.String({ maxLength: 64, description: 'W3C trace context of the cause' })),
};

const uuid = Type.String({ format: 'uuid' });
const ofCustomer = {
  subject: { ...uuid, description: 'Id of the loan, customer, payment or refund that it is about' },
  partitionkey: { ...uuid, description: 'Customer id, the key of the Kafka message' },
};
const ofDay = {
  subject: { ...DateSchema, description: 'The day that it is about' },
  partitionkey: { ...DateSchema, description: 'The day, the key of the Kafka message' },
};
const ofAny = {
  subject: Type.Union([uuid, DateSchema], {
    description: 'Id of the loan, customer, payment or refund that it is about; of integrity the day',
  }),
  partitionkey: Type.Union([uuid, DateSchema], {
    description: 'Customer id, the key of the Kafka message; of integrity the day',
  }),
};

/** The envelope of an event of any type; `type` and `data` are left to the contract. */
export const EnvelopeSchema = Type.Object({
  ...envelope,
  ...ofAny,
  type: Type.String({ minLength: 1, maxLength: 100 }),
});

/** The whole message of one type: envelope and data. */
export function messageSchema(type: string, subject: EventSubject, data: TSchema): TObject {
  return Type.Object({ ...envelope, ...(subject === 'day' ? ofDay : ofCustomer), type: Type.Literal(type), data });
}

type Envelope = Static<typeof EnvelopeSchema>;

/** The message of a contract, typed: `EventOf<typeof loanRepaid>`. */
export type EventOf<Contract extends EventContract> = Omit<Envelope, 'type'> & {
  type: Contract['type'];
  data: Static<Contract['data']>;
};

/** An event of a type that this version does not know: to be skipped. */
export type UnknownEvent = Envelope & { data?: unknown };

/** Declares an event: one schema gives its type, its validation on both sides and its documentation. */
export function defineEvent<const Type extends string, Data extends TObject>(
  definition: EventDefinition<Type, Data>,
): EventContract<Type, Data> {
  const { type, subject, data } = definition;
  return {
    ...definition,
    topic: topics[definition.topic],
    dataschema: `urn:tenor:event:${type}:v1`,
    checkMessage: checkOf(() => messageSchema(type, subject, data)),
    checkData: checkOf(() => closed(data)),
    checkEnvelope: checkOf(() => messageSchema(type, subject, Type.Unknown())),
  };
}

/** Thrown where a producer's data breaks its own contract: a bug, not a refusal. */
export class ContractError extends Error {
  readonly type: string;
  readonly pointer: string;

  constructor(type: string, pointer: string, message: string) {
    super(`${type}: ${pointer === '' ? 'the data' : pointer} ${message}`);
    this.name = 'ContractError';
    this.type = type;
    this.pointer = pointer;
  }
}

/** Throws a `ContractError` with the JSON pointer unless `data` is what the contract declares, and nothing more. */
export function assertConforms<Data extends TObject>(
  contract: EventContract<string, Data>,
  data: unknown,
): asserts data is Static<Data> {
  const fault = contract.checkData(data);
  if (fault) throw new ContractError(contract.type, fault.pointer, fault.message);
}

export interface EventFields {
  /** UUIDv7. */
  readonly id: string;
  /** `/tenor/billing`, `/tenor/payment`. */
  readonly source: string;
  readonly subject: string;
  /** RFC 3339 in UTC. */
  readonly time: string;
  /** From 1, per subject. */
  readonly sequence: bigint | number;
  /** The key of the message; left out where no customer is concerned: then the subject is. */
  readonly customerId?: string;
  readonly traceparent?: string | undefined;
  readonly data: unknown;
}

/** The message as text, checked whole: throws a `ContractError` rather than let a broken event into the outbox. */
export function encodeEvent(contract: EventContract, fields: EventFields): string {
  assertConforms(contract, fields.data);
  const event = {
    specversion: '1.0',
    id: fields.id,
    source: fields.source,
    type: contract.type,
    subject: fields.subject,
    time: fields.time,
    datacontenttype: 'application/json',
    dataschema: contract.dataschema,
    sequence: typeof fields.sequence === 'bigint' ? Number(fields.sequence) : fields.sequence,
    partitionkey: fields.customerId ?? fields.subject,
    ...(fields.traceparent === undefined ? {} : { traceparent: fields.traceparent }),
    data: fields.data,
  };
  const fault = contract.checkEnvelope(event);
  if (fault) throw new ContractError(contract.type, fault.pointer, fault.message);
  return JSON.stringify(event);
}
