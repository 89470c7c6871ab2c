/** A relay as a process of its own, for tests that kill it: `{ options, brokers, topicPrefix }` as its one argument. */
import { pino } from 'pino';
import { openDatabase } from '../src/database.ts';
import { connectKafka } from '../src/kafka.ts';
import { startRelay } from '../src/outbox-relay.ts';

const { options, brokers, topicPrefix } = JSON.parse(process.argv[2] ?? '{}');
const logger = pino({ level: 'silent' });
const database = await openDatabase(options);
startRelay({ database, kafka: connectKafka({ brokers, clientId: 'dying', logger }), topicPrefix, logger });
