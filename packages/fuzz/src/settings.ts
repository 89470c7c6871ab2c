import type { KnownIds } from './known-ids.ts';

const PROBABILITY = 0.7;
/** Where the settings say that the Authorization header is, so that no file and no command line shows it. */
export const TOKEN_VARIABLE = 'FUZZ_AUTHORIZATION';

/**
 * The settings of one run as TOML: what `base` says, the ids that the system holds, each bound to the paths below its
 * list, and the caller's token, which comes from the environment. A JSON string or array is the same in TOML.
 */
export function settingsOf(base: string, ids: KnownIds, hasToken: boolean): string {
  const quoted = (value: unknown): string => JSON.stringify(value);
  const named = [...ids, ['anything', [...ids.values()].flat()] as const];
  const dictionaries = named.map(([name, values]) => `${quoted(name)}.values = ${quoted(values)}`);
  const bindings = [...ids.keys()].map((list) =>
    [
      '[[operations]]',
      `include-path-regex = ${quoted(`^${list}/`)}`,
      `parameters = { "path.id" = { dictionary = ${quoted(list)}, probability = ${PROBABILITY} } }`,
    ].join('\n'),
  );
  const token = hasToken ? [`[headers]\nAuthorization = "\${${TOKEN_VARIABLE}}"`] : [];
  // The base ends within its table of dictionaries.
  return `${[[base.trimEnd(), ...dictionaries].join('\n'), ...bindings, ...token].join('\n\n')}\n`;
}
