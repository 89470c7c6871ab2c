/** Of Kafka's protocol what a proxy has to know: https://kafka.apache.org/protocol */
export const ApiKey = { produce: 0, metadata: 3, findCoordinator: 10 } as const;

const LENGTH_BYTES = 4;
const API_KEY_AT = 4;
const REQUEST_CORRELATION_AT = 8;
const ANSWER_CORRELATION_AT = 4;

/** Gathers the bytes of one direction into whole frames, each with its length in front. */
export function frameReader(): (bytes: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const frames: Buffer[] = [];
    while (rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + rest.readInt32BE(0);
      if (rest.length < end) break;
      frames.push(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
    return frames;
  };
}

export function requestHeader(frame: Buffer): { apiKey: number; correlationId: number } {
  return { apiKey: frame.readInt16BE(API_KEY_AT), correlationId: frame.readInt32BE(REQUEST_CORRELATION_AT) };
}

export function correlationIdOf(answer: Buffer): number {
  return answer.readInt32BE(ANSWER_CORRELATION_AT);
}

/** How an answer names a broker: the length of its host in 2 bytes, the host, its port in 4. */
export function brokerBytes({ host, port }: { host: string; port: number }): Buffer {
  const bytes = Buffer.alloc(2 + Buffer.byteLength(host) + 4);
  bytes.writeInt16BE(Buffer.byteLength(host), 0);
  bytes.write(host, 2);
  bytes.writeInt32BE(port, bytes.length - 4);
  return bytes;
}

/** The answer with other brokers in place of those named, and its length set right. */
export function withBrokers(frame: Buffer, replacements: readonly (readonly [Buffer, Buffer])[]): Buffer {
  let body = frame.subarray(LENGTH_BYTES);
  for (const [from, to] of replacements) {
    for (let at = body.indexOf(from); at !== -1; at = body.indexOf(from, at + to.length)) {
      body = Buffer.concat([body.subarray(0, at), to, body.subarray(at + from.length)]);
    }
  }
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
}
