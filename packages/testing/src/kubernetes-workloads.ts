import { readdirSync, readFileSync } from 'node:fs';

const base = new URL('../../../k8s/base/', import.meta.url);

/** A program that k8s/base runs, and the configuration keys that it is given, a file's under the name of the key. */
export interface Workload {
  readonly name: string;
  readonly keys: ReadonlySet<string>;
}

/** All that k8s/base runs of an image such as `billing`. Throws where it runs nothing of it. */
export function kubernetesWorkloads(image: string): Workload[] {
  const documents = readdirSync(base)
    .filter((file) => file.endsWith('.yaml'))
    .flatMap((file) => readFileSync(new URL(file, base), 'utf8').split(/^---$/m));
  const shared = documents.find((text) => text.includes('kind: ConfigMap'))?.split(/^data:$/m)[1] ?? '';
  const found = documents
    .filter((text) => text.includes(`image: tenor/${image}:`))
    .map((text) => ({
      name: /^ {2}name: (.+)$/m.exec(text)?.[1] ?? '',
      keys: new Set([...namesIn(shared, /^ {2}([A-Z_]+):/gm), ...namesIn(text, /\{ name: ([A-Z_]+), value:/g)]),
    }));
  if (found.length === 0) throw new Error(`k8s/base runs nothing of the image ${image}`);
  return found;
}

const namesIn = (text: string, name: RegExp): string[] =>
  [...text.matchAll(name)].flatMap(([, key]) => (key === undefined ? [] : [key, key.replace(/_FILE$/, '')]));
