import type { CpuProfile } from '../src/cpu-profile.ts';
import { flameGraph } from '../src/flame-graph.ts';

const node = (id: number, functionName: string, children: number[] = [], url = '') => ({
  id,
  callFrame: { functionName, url, lineNumber: 0 },
  children,
});

/** `main` works 100 µs itself and calls `write` for 300; the process is idle for as long again. */
const profile: CpuProfile = {
  nodes: [
    node(1, '(root)', [2, 4]),
    node(2, 'main', [3], 'file:///home/x/services/billing/dist/main.js'),
    node(3, 'write<T>'),
    node(4, '(idle)'),
  ],
  samples: [2, 3, 4, 3],
  timeDeltas: [100, 200, 400, 100],
};

test('bars are as wide as their share of the busy time, callers below what they call', () => {
  const svg = flameGraph(profile, 'a & b');
  expect(svg).toContain('a &amp; b, 0 ms busy');
  expect(svg).toContain('<title>main services/billing/dist/main.js 100 %</title><rect x="0" y="48" width="1200"');
  expect(svg).toContain('<title>write&lt;T&gt; (native) 75 %</title><rect x="0" y="32" width="900"');
  expect(svg).not.toContain('idle');
});

test('a profile without a busy moment is an empty graph', () => {
  expect(flameGraph({ nodes: [node(1, '(root)')], samples: [], timeDeltas: [] }, 'nothing')).toContain('0 ms busy');
});
