import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { busyTimes, type CpuProfile, packageOf, placeOf } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';

/** Where Node listens for a debugger once it gets SIGUSR1. */
const INSPECTOR = 'http://127.0.0.1:9229/json/list';
const SAMPLE_INTERVAL_US = 500;
const ATTEMPTS_MAX = 50;
const ATTEMPT_PAUSE_MS = 100;
const TOP = 40;

/**
 * Takes a CPU profile of a running Node process while `work` runs: `<name>.svg` is its flame graph, `<name>.cpuprofile` the
 * same for a browser's developer tools, `<name>.txt` the functions and packages that took the most time themselves.
 */
export async function profiled<T>(
  { pid, folder, name }: { pid: number; folder: string; name: string },
  work: () => Promise<T>,
): Promise<T> {
  process.kill(pid, 'SIGUSR1');
  const inspector = await attach();
  await inspector.call('Profiler.enable');
  await inspector.call('Profiler.setSamplingInterval', { interval: SAMPLE_INTERVAL_US });
  await inspector.call('Profiler.start');
  try {
    return await work();
  } finally {
    const { profile } = (await inspector.call('Profiler.stop')) as { profile: CpuProfile };
    writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
    writeFileSync(join(folder, `${name}.svg`), flameGraph(profile, name));
    writeFileSync(join(folder, `${name}.txt`), topOf(profile));
    // The port must be free for the next one; it closes only once nobody is connected.
    const expression = `void setTimeout(() => process.getBuiltinModule('node:inspector').close(), ${ATTEMPT_PAUSE_MS})`;
    await inspector.call('Runtime.evaluate', { expression });
    inspector.close();
    await sleep(ATTEMPT_PAUSE_MS * 3);
  }
}

interface Inspector {
  call(method: string, params?: object): Promise<unknown>;
  close(): void;
}

async function attach(): Promise<Inspector> {
  const socket = new WebSocket(await addressOf());
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const waiting = new Map<number, (result: unknown) => void>();
  let calls = 0;
  socket.addEventListener('message', ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  return {
    call: (method, params = {}) =>
      new Promise((resolve) => {
        calls += 1;
        waiting.set(calls, resolve);
        socket.send(JSON.stringify({ id: calls, method, params }));
      }),
    close: () => socket.close(),
  };
}

async function addressOf(): Promise<string> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const answer = await fetch(INSPECTOR).catch(() => undefined);
    const [target] = ((await answer?.json()) ?? []) as { webSocketDebuggerUrl: string }[];
    if (target !== undefined) return target.webSocketDebuggerUrl;
    await sleep(ATTEMPT_PAUSE_MS);
  }
  throw new Error('The process to be profiled does not let a debugger in');
}

/** Milliseconds and share of the time that was not idle, by package and by function. */
function topOf(profile: CpuProfile): string {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const byPackage = new Map<string, number>();
  const byFunction = new Map<string, number>();
  let busy = 0;
  for (const [id, time] of busyTimes(profile)) {
    const frame = frames.get(id);
    if (frame === undefined) continue;
    busy += time;
    const place = placeOf(frame);
    const name = `${frame.functionName || '(anonymous)'} ${place}:${frame.lineNumber + 1}`;
    byPackage.set(packageOf(place), (byPackage.get(packageOf(place)) ?? 0) + time);
    byFunction.set(name, (byFunction.get(name) ?? 0) + time);
  }
  const list = (times: Map<string, number>): string =>
    [...times]
      .sort(([, a], [, b]) => b - a)
      .slice(0, TOP)
      .map(
        ([name, time]) =>
          `${`${Math.round((time / busy) * 1000) / 10} %`.padStart(8)}  ${Math.round(time / 1000)} ms  ${name}`,
      )
      .join('\n');
  return `Busy ${Math.round(busy / 1000)} ms.\n\nBy package\n${list(byPackage)}\n\nBy function, without what it calls\n${list(byFunction)}\n`;
}
