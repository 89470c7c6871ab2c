/** Headers that speak of one connection, not of the message (RFC 9110, 7.6.1), and so are never passed on. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Headers as they came, in order, without those of the connection and without `except` (lower case). */
export function endToEndHeaders(
  rawHeaders: readonly string[],
  except: readonly string[] = [],
): readonly (readonly [name: string, value: string])[] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  }
  const dropped = new Set([...except, ...pairs.flatMap(namedByConnection)]);
  return pairs.filter(([name]) => !hopByHop.has(name.toLowerCase()) && !dropped.has(name.toLowerCase()));
}

function namedByConnection([name, value]: readonly [string, string]): string[] {
  return name.toLowerCase() === 'connection' ? value.split(',').map((part) => part.trim().toLowerCase()) : [];
}
