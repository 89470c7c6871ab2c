import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lineNames } from '../src/line.ts';
import { scripts } from '../src/pgbench.ts';
import type { Results } from '../src/report.ts';

const RUN_TIMEOUT_MS = 120_000;
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

describe('npm run bench -- --quick', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenor-bench-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(
    'measures every line without an error and writes it with its yardsticks',
    async () => {
      // It rejects unless the command ends with 0, that is, without one failed request or unapplied payment.
      await promisify(execFile)(process.execPath, [main, '--quick', '--output', folder], { timeout: RUN_TIMEOUT_MS });
      const results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')) as Results;
      const { lines, pgbench } = results.medians;
      expect(Object.keys(lines)).toEqual([...lineNames]);
      for (const line of Object.values(lines))
        expect(line).toMatchObject({ errors: 0, per_second: expect.any(Number) });
      const perSecond = results.machine.pgbench === null ? null : expect.any(Number);
      expect(pgbench).toEqual(Object.fromEntries(scripts.map((script) => [script, perSecond])));
      expect(results.machine.postgres_settings).toMatchObject({ fsync: 'on', synchronous_commit: 'on' });
      expect(lines.record_payment.processes).toMatchObject({ payment: { rss_mb_max: expect.any(Number) } });
      expect(results.aims.every(({ reached, measured }) => (measured === null) === (reached === null))).toBe(true);
      const page = readFileSync(join(folder, 'README.md'), 'utf8');
      for (const name of [...lineNames, ...scripts]) expect(page).toContain(`| ${name} |`);
    },
    RUN_TIMEOUT_MS,
  );
});
