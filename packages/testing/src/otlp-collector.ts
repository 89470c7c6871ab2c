import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as a collector gets it, with plain attributes. */
export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2 for an error. */
  readonly status: number;
}

export interface OtlpCollector {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** Bodies as they came, each one export. */
  readonly bodies: readonly string[];
  spans(): CollectedSpan[];
  stop(): Promise<void>;
}

/** How the collector answers an export: well, with 503, with what is no answer at all, or never. */
export type CollectorManner = 'accepting' | 'refusing' | 'garbling' | 'hanging';

const answers: Readonly<Record<CollectorManner, (response: ServerResponse) => void>> = {
  accepting: (response) => response.setHeader('content-type', 'application/json').end('{}'),
  refusing: (response) => response.writeHead(503).end(),
  garbling: (response) => response.socket?.end('\0not http\r\n\r\n'),
  hanging: () => undefined,
};

/** A collector of OTLP over HTTP in JSON, on a free port of this machine. */
export async function startOtlpCollector(manner: CollectorManner = 'accepting'): Promise<OtlpCollector> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await textOf(request));
    answers[manner](response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    spans: () => bodies.flatMap((body) => spansOf(JSON.parse(body) as Export)),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** As much of the protocol as the tests look at. */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly {
      readonly spans: readonly (Pick<CollectedSpan, 'name' | 'kind' | 'traceId' | 'spanId'> & {
        readonly parentSpanId?: string;
        readonly attributes: readonly KeyValue[];
        readonly links?: CollectedSpan['links'];
        readonly status?: { readonly code?: number };
      })[];
    }[];
  }[];
}

function spansOf({ resourceSpans }: Export): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(plain(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, kind, traceId, spanId, parentSpanId, attributes, links = [], status }) => ({
        service,
        name,
        kind,
        traceId,
        spanId,
        parentSpanId,
        attributes: plain(attributes),
        links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
        status: status?.code ?? 0,
      })),
    );
  });
}

function plain(attributes: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
