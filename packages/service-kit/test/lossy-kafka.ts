import { connect, type Socket } from 'node:net';
import { Kafka, logLevel } from 'kafkajs';
import type { KafkaConnection } from '../src/kafka.ts';

const PRODUCE = 0;
/** Every request begins with its length in 4 bytes and then the number of the API it calls. */
const API_KEY_AT = 4;

/** A broker connection that breaks when the first answers to produce requests arrive, after the append. */
export function lossyKafka(
  brokers: readonly string[],
  { answersToDrop }: { answersToDrop: number },
): { kafka: KafkaConnection; dropped(): number } {
  let dropped = 0;

  function lossySocket(host: string, port: number, onConnect: () => void): Socket {
    const socket = connect({ host, port }, onConnect);
    const write = socket.write.bind(socket);
    const emit = socket.emit.bind(socket);
    let isAwaited = false;
    socket.write = ((data: Buffer, ...more: []) => {
      if (Buffer.isBuffer(data) && data.readInt16BE(API_KEY_AT) === PRODUCE) isAwaited = true;
      return write(data, ...more);
    }) as typeof socket.write;
    socket.emit = ((event: string, ...args: unknown[]) => {
      if (event !== 'data' || !isAwaited || dropped >= answersToDrop)
        return emit(event as 'data', ...(args as [Buffer]));
      dropped += 1;
      socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
      return true;
    }) as typeof socket.emit;
    return socket;
  }

  const client = new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    retry: { retries: 1, initialRetryTime: 50 },
    socketFactory: ({ host, port, onConnect }) => lossySocket(host, port, onConnect),
  });
  const unused = () => Promise.reject(new Error('not part of this test'));
  const kafka: KafkaConnection = { client, endOf: unused, endOffset: unused, close: async () => {} };
  return { kafka, dropped: () => dropped };
}
