/** What a URL parser makes of a target's address; odd spellings of numbers are written as usual in it. */
export interface TargetUrl {
  readonly protocol: string;
  readonly hostname: string;
  /** Empty for the protocol's own. */
  readonly port: string;
  readonly username: string;
  readonly password: string;
  readonly hash: string;
}

const HTTPS_PORT = 443;
/** Below it, services other than the web's are at home. */
const FREE_PORTS_FROM = 1_024;

/** Whether the operator has allowed a host: by its name, or by its name and port. */
export function isAllowedHost(allowed: readonly string[], hostname: string, port: number): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return allowed.some((entry) => [name, `${name}:${port}`].includes(entry.toLowerCase()));
}

export function portOf({ protocol, port }: TargetUrl): number {
  if (port !== '') return Number.parseInt(port, 10);
  return protocol === 'http:' ? 80 : HTTPS_PORT;
}

/**
 * Why no webhook goes to this URL, as what it would have to be; undefined when it may. Refused are credentials and fragments
 * anywhere; and, unless the host is allowed, for http, ports below 1024 but 443, and an address in place of a name that
 * `isPublic` denies. Which addresses a name has is looked at as each connection is made.
 */
export function targetFault(
  url: TargetUrl | undefined,
  allowed: readonly string[],
  isPublic: (literal: string) => boolean | undefined,
): string | undefined {
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return 'must be an http or https URL';
  if (url.username !== '' || url.password !== '') return 'must have no credentials; the signature is the proof';
  if (url.hash !== '') return 'must have no fragment, which is never sent';
  const port = portOf(url);
  if (isAllowedHost(allowed, url.hostname, port)) return undefined;
  if (url.protocol === 'http:') return 'must be https';
  if (port !== HTTPS_PORT && port < FREE_PORTS_FROM)
    return `must have port ${HTTPS_PORT} or one from ${FREE_PORTS_FROM} on`;
  return isPublic(url.hostname) === false ? 'must have a public address' : undefined;
}
