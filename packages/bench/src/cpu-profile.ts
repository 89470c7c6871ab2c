export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** What V8's profiler tells: samples are ids of nodes, deltas the microseconds before each. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: CallFrame;
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** Microseconds in which each node was at work itself; idle time left out. */
export function busyTimes({ nodes, samples, timeDeltas }: CpuProfile): Map<number, number> {
  const idle = new Set(nodes.filter(({ callFrame }) => callFrame.functionName === '(idle)').map(({ id }) => id));
  const times = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    if (!idle.has(id)) times.set(id, (times.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}

/** A file from the last node_modules, or from the repository, on. */
export function placeOf({ url }: CallFrame): string {
  return url.replace(/^.*node_modules\//, '').replace(/^file:.*?\/(packages|services)\//, '$1/') || '(native)';
}

/** The package, or the service's or workspace's folder, that a place lies in. */
export function packageOf(place: string): string {
  if (place.startsWith('node:') || place.startsWith('(')) return place.split('/')[0] ?? place;
  return place
    .split('/')
    .slice(0, place.startsWith('@') || /^(packages|services)\//.test(place) ? 2 : 1)
    .join('/');
}
