import { EnvelopeSchema, type EventContract, messageSchema } from '../cloud-event.ts';
import { events } from '../registry.ts';
import { type TopicKey, type TopicName, topicSettings, topics } from '../topics.ts';

type Json = Readonly<Record<string, unknown>>;

const topicKeys = Object.keys(topics) as readonly TopicKey[];
const eventsOn = (topic: TopicName) => events.filter((event) => event.topic === topic);
const ref = (path: string): Json => ({ $ref: `#/${path}` });

/** The AsyncAPI 3.0 document of all topics, as plain JSON; topics without their prefix. */
export function asyncApiDocument(): Json {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Tenor events',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 in structured JSON over Kafka. Schemas evolve by adding optional fields only: accept fields and skip types that you do not know.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(topicKeys.map((key) => [key, channel(topics[key])])),
    operations: Object.fromEntries(topicKeys.map((key) => [`publish_${key}`, operation(key)])),
    components: {
      messages: Object.fromEntries(events.map((event) => [event.type, message(event)])),
      schemas: {
        CloudEvent: plain(EnvelopeSchema),
        ...Object.fromEntries(events.map((event) => [event.type, plain(event.data)])),
      },
    },
  };
}

function channel(topic: TopicName): Json {
  const { title, description, partitions, retentionMs, cleanupPolicy } = topicSettings[topic];
  return {
    address: topic,
    title,
    description,
    messages: Object.fromEntries(eventsOn(topic).map(({ type }) => [type, ref(`components/messages/${type}`)])),
    bindings: {
      kafka: {
        topic,
        partitions,
        topicConfiguration: { 'cleanup.policy': [cleanupPolicy], 'retention.ms': retentionMs },
        bindingVersion: '0.5.0',
      },
    },
  };
}

function operation(key: TopicKey): Json {
  const messages = eventsOn(topics[key]).map(({ type }) => ref(`channels/${key}/messages/${type}`));
  return { action: 'send', channel: ref(`channels/${key}`), messages };
}

function message(event: EventContract): Json {
  const { properties, ...envelope } = messageSchema(event.type, event.subject, event.data);
  return {
    name: event.type,
    title: event.title,
    description: event.description,
    contentType: 'application/cloudevents+json',
    payload: plain({ ...envelope, properties: { ...properties, data: ref(`components/schemas/${event.type}`) } }),
    bindings: {
      kafka: { key: keyOf(event), bindingVersion: '0.5.0' },
    },
    examples: [{ name: event.type, payload: exampleMessage(event) }],
  };
}

function keyOf({ subject }: EventContract): Json {
  return subject === 'day'
    ? { type: 'string', format: 'date', description: 'The day' }
    : { type: 'string', format: 'uuid', description: 'Customer id' };
}

/** A whole message with the contract's example as its data. */
export function exampleMessage(event: EventContract): Json {
  const ids = event.example as Readonly<Record<string, unknown>>;
  return {
    specversion: '1.0',
    id: '019aa4f1-6c00-7000-8000-00000000e001',
    source: event.topic === topics.payments ? '/tenor/payment' : '/tenor/billing',
    type: event.type,
    subject: event.subject === 'day' ? ids['day'] : ids[`${event.subject}_id`],
    time: '2026-01-08T09:30:00.123456Z',
    datacontenttype: 'application/json',
    dataschema: event.dataschema,
    sequence: event.subject === 'day' ? 1 : 3,
    partitionkey: ids[event.subject === 'day' ? 'day' : 'customer_id'],
    data: event.example,
  };
}

/** Only what JSON can say: TypeBox keeps notes of its own on a schema. */
const plain = (schema: object): Json => JSON.parse(JSON.stringify(schema)) as Json;
