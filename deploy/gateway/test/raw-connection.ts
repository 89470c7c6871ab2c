import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client of bytes on one TCP connection: what no HTTP library would send, and what it would hide of the answers. */
export async function openConnection(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number.parseInt(port, 10), hostname);
  let received = Buffer.alloc(0);
  let isClosed = false;
  let wake = (): void => undefined;
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    wake();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    wake();
  });
  await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
  const news = (): Promise<void> => new Promise((resolve) => (wake = resolve));

  return {
    socket,
    send: (data: string | Buffer): boolean => socket.write(data),
    /** The next answer; `closed` when the connection ends before one is whole. */
    async answer(): Promise<RawAnswer | 'closed'> {
      for (;;) {
        const parsed = parse(received);
        if (parsed !== undefined) {
          received = received.subarray(parsed.length);
          return parsed.answer;
        }
        if (isClosed) return 'closed';
        await news();
      }
    },
  };
}

/** An answer with a Content-Length at the start of the bytes, and how many of them it takes. */
function parse(bytes: Buffer): { answer: RawAnswer; length: number } | undefined {
  const headLength = bytes.indexOf('\r\n\r\n');
  if (headLength < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, headLength).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  ) as Record<string, string>;
  const length = headLength + 4 + Number.parseInt(headers['content-length'] ?? '0', 10);
  if (bytes.length < length) return undefined;
  const status = Number.parseInt(statusLine.split(' ')[1] ?? '', 10);
  return { answer: { status, headers, body: bytes.subarray(headLength + 4, length).toString() }, length };
}
