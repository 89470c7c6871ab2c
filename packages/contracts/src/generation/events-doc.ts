import { EnvelopeSchema, type EventContract } from '../cloud-event.ts';
import { events } from '../registry.ts';
import { RETENTION_FOR_EVER_MS, topicSettings, topics } from '../topics.ts';
import { exampleMessage } from './asyncapi.ts';
import { cell, describeFields, GENERATED_NOTE } from './markdown.ts';

const GUIDE = `## How to consume
- Subscribe from the beginning with a consumer group of your own. Delivery is at least once: keep the \`id\` of what you have handled, in the transaction of its effect.
- The key of a message is the customer id (of \`billing.integrity.v1\` the day), so a customer's events of one topic come in order. Within a \`subject\`, \`sequence\` counts from 1 without gaps; ignore one that you have passed. Between topics there is no order.
- Skip types and accept fields that you do not know. The lists of values below are closed within a topic version, and already name values that later features will use.
- Amounts are decimal strings in the \`currency\` beside them: read them as decimals, never as floats. Dates are calendar dates in the time zone of the product.
- An event that moves money carries the loan's \`status\`, its \`outstanding\` and the \`unpaid\` totals of the instalments that it changed. Replacing those by their numbers keeps a copy of the loan right without computing anything.
- No event carries personal data. \`external_ref\` is a keyed hash of the id that the client gave.
- Topic names carry the prefix of the installation, if it has one (\`TOPIC_PREFIX\`).

## How schemas evolve
Within a topic version only optional fields are added; none is renamed, removed, narrowed or given another meaning. Anything else is a new version of the topic (\`billing.loans.v2\`), published beside the old one until nobody reads that. Machine-readable: \`packages/contracts/generated/asyncapi.json\` (also \`/asyncapi.json\` of each service) and \`packages/contracts/generated/schemas\`, where \`$id\` is the \`dataschema\` of the messages. Producers are checked against the schemas when they write to the outbox, and may send no undeclared field; consumers when they read.
`;

/** `docs/events.md`: topics, envelope, every event with its fields and an example. */
export function eventsDocument(): string {
  return [
    '# Events\n',
    `${GENERATED_NOTE}\n`,
    'Every change of a loan, a customer or a payment is published to Kafka as a [CloudEvents 1.0](https://cloudevents.io) message in structured JSON.\n',
    '## Topics\n',
    topicTable(),
    GUIDE,
    '## Envelope\n',
    `${describeFields(EnvelopeSchema)}\n`,
    ...events.map(section),
  ].join('\n');
}

function topicTable(): string {
  const rows = Object.values(topics).map((topic) => {
    const { partitions, retentionMs, description } = topicSettings[topic];
    const types = events.filter((event) => event.topic === topic).map(({ type }) => link(type));
    const kept = retentionMs === RETENTION_FOR_EVER_MS ? 'for ever' : `${retentionMs} ms`;
    const key = topic === topics.integrity ? 'day' : 'customer id';
    return `| \`${topic}\` | ${key} | ${partitions} | ${kept} | ${description} | ${types.join(', ')} |`;
  });
  return `| topic | key | partitions | kept | holds | types |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** GitHub makes a heading's anchor by dropping its dots. */
const link = (type: string) => `[\`${type}\`](#${type.replaceAll('.', '')})`;

function section(event: EventContract): string {
  const example = JSON.stringify(exampleMessage(event), null, 2);
  return [
    `## ${event.type}\n`,
    `${cell(event.title)}. ${event.description}\n`,
    `Topic \`${event.topic}\`, subject: the ${event.subject}.\n`,
    `${describeFields(event.data)}\n`,
    `\`\`\`json\n${example}\n\`\`\`\n`,
  ].join('\n');
}
