import { lookup } from 'node:dns/promises';
import { isIP, isIPv6, type LookupFunction } from 'node:net';
import { CLOUD_EVENTS_CONTENT_TYPE } from '@tenor/contracts';
import { standardWebhookHeaders } from '@tenor/service-kit';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector, request } from 'undici';
import type { TargetAnswer, TargetFault } from './delivery-outcome.ts';
import { isAllowedHost } from './target-url.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

export interface TargetClientOptions {
  /** Hosts, with or without a port, that may be internal and may be spoken to without TLS. */
  readonly allowedHosts: readonly string[];
  /** Of one attempt, from its connection to the end of its answer. */
  readonly timeoutMs: number;
  /** All addresses of a name. */
  readonly resolve?: (hostname: string) => Promise<readonly Address[]>;
  readonly isPublic?: (address: string) => boolean;
}

export interface Posting {
  readonly url: string;
  /** The message's id. */
  readonly id: string;
  readonly body: string;
  readonly secrets: readonly string[];
}

export interface TargetClient {
  /** Makes one attempt; never rejects, since no answer is an answer too. */
  post(posting: Posting): Promise<TargetAnswer>;
  stop(): Promise<void>;
}

const USER_AGENT = 'Tenor-Webhooks/1';
/** What is kept of an answer; more of it is not read. */
const ANSWER_BYTES_MAX = 1_024;
const CONNECTIONS_PER_TARGET_MAX = 10;
const HEADER_BYTES_MAX = 8_192;

/** Public, by the address registries, but serves the metadata and credentials of a cloud's machine to that machine. */
const PLATFORM_ADDRESSES: readonly string[] = ['168.63.129.16'];

/** All of IPv6 that is allocated to the public internet; what lies elsewhere the library calls unicast as well. */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** In the third quarter of an address: an IPv4 address follows, to which a tunnel leads; globally unique or not. */
const ISATAP_IDS: readonly (readonly [number, number])[] = [
  [0x0000, 0x5efe],
  [0x0200, 0x5efe],
];

class RefusedAddress extends Error {}

/**
 * Whether an address belongs to the public internet. Loopback, private, link-local, carrier-grade NAT, unique-local,
 * multicast, reserved, unallocated and unspecified ones do not, nor those that carry an IPv4 address inside (mapped,
 * compatible, NAT64, 6to4, Teredo, ISATAP), whatever that is.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast' || PLATFORM_ADDRESSES.includes(address)) return false;
  return !(parsed instanceof ipaddr.IPv6) || (parsed.match(PUBLIC_IPV6) && !isIsatap(parsed));
}

function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return ISATAP_IDS.some(([first, second]) => parts[4] === first && parts[5] === second);
}

/** As `isPublicAddress` for a host that is an address; undefined for a name. */
export function isPublicLiteral(hostname: string): boolean | undefined {
  const literal = withoutBrackets(hostname);
  return isIP(literal) === 0 ? undefined : isPublicAddress(literal);
}

/**
 * Posts to targets that strangers chose. Every address that the target's name has is looked at as a connection is made,
 * and the connection goes to one of these and nowhere else, so that a name which changes between a check and its use
 * gains nothing. Redirects are not followed, and little of an answer is read.
 */
export function createTargetClient(options: TargetClientOptions): TargetClient {
  const { timeoutMs } = options;
  const agent = new Agent({
    connect: guardedConnector(options),
    connections: CONNECTIONS_PER_TARGET_MAX,
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  return {
    async post({ url, id, body, secrets }) {
      const timestamp = Math.floor(Date.now() / 1000);
      const headers = {
        'content-type': CLOUD_EVENTS_CONTENT_TYPE,
        'user-agent': USER_AGENT,
        ...standardWebhookHeaders({ id, timestamp, body, secrets }),
      };
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await request(url, { dispatcher: agent, method: 'POST', headers, body, signal });
        return { statusCode: answer.statusCode, text: await beginningOf(answer.body) };
      } catch (error) {
        return { fault: faultOf(error), text: null };
      }
    },
    stop: () => agent.destroy(),
  };
}

function guardedConnector({
  allowedHosts,
  timeoutMs,
  resolve = (hostname) => lookup(hostname, { all: true }),
  isPublic = isPublicAddress,
}: TargetClientOptions): buildConnector.connector {
  const connectorOver = (accepts: (address: string) => boolean): buildConnector.connector =>
    buildConnector({ timeout: timeoutMs, allowH2: false, lookup: checkedLookup(resolve, accepts) });
  const guarded = connectorOver(isPublic);
  const open = connectorOver(() => true);
  return (target, callback) => {
    const hostname = withoutBrackets(target.hostname);
    const port = Number.parseInt(target.port, 10) || (target.protocol === 'http:' ? 80 : 443);
    if (isAllowedHost(allowedHosts, isIPv6(hostname) ? `[${hostname}]` : hostname, port)) return open(target, callback);
    // An address in place of a name is connected to without any look-up.
    if (isIP(hostname) !== 0 && !isPublic(hostname)) return callback(new RefusedAddress(), null);
    return guarded(target, callback);
  };
}

/** Resolves for one connection; fails as a whole where one of the addresses is not to be connected to. */
function checkedLookup(
  resolve: (hostname: string) => Promise<readonly Address[]>,
  accepts: (address: string) => boolean,
): LookupFunction {
  return (hostname, { all }, callback) => {
    const addresses = resolve(hostname).then((found) => {
      if (!found.every(({ address }) => accepts(address))) throw new RefusedAddress();
      return [...found];
    });
    addresses.then(
      (found) => {
        const [first] = found;
        if (first === undefined) callback(new Error('The name has no address'), '');
        else if (all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, ''),
    );
  };
}

const withoutBrackets = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');

/** Its status has told what counts, so a body that breaks off or drips until the time is over spoils nothing. */
async function beginningOf(body: AsyncIterable<Buffer>): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= ANSWER_BYTES_MAX) break;
    }
  } catch {
    if (bytes === 0) return null;
  }
  // The database keeps no zero byte in a text.
  return Buffer.concat(chunks).subarray(0, ANSWER_BYTES_MAX).toString('utf8').replaceAll('\u0000', '');
}

function faultOf(error: unknown): TargetFault {
  if (error instanceof RefusedAddress) return 'refused_address';
  const { name = '', code = '' } = error as { name?: string; code?: string };
  if (name === 'TimeoutError' || name === 'AbortError' || /TIMEOUT|TIMEDOUT/.test(code)) return 'timed_out';
  if (name === 'HTTPParserError' || ['UND_ERR_HEADERS_OVERFLOW', 'UND_ERR_SOCKET'].includes(code))
    return 'broken_answer';
  return 'unreachable';
}
