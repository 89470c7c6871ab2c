import { type ChaosReport, runChaos } from '../src/run.ts';
import { tableOf } from '../src/table.ts';

/** `CHAOS_SEED` repeats the choices of another run; when requests meet a crash stays free. */
const SEED = Number.parseInt(process.env['CHAOS_SEED'] ?? '20261121', 10);
const SECONDS = 30;

describe(`after kill -9 of each process under traffic (CHAOS_SEED=${SEED})`, () => {
  let report: ChaosReport;

  beforeAll(async () => {
    const lines: string[] = [];
    const { signal } = new AbortController();
    report = await runChaos({ seed: SEED, seconds: SECONDS, onProgress: (line) => lines.push(line), signal }).catch(
      (error: unknown) => {
        throw new Error(`after: ${lines.join('; ')}`, { cause: error });
      },
    );
  }, 420_000);

  test('every acknowledged operation is found exactly once, sequences are gapless, the books agree and nothing is stuck', () => {
    expect({ table: tableOf(report.figures), violations: report.violations }).toMatchObject({ violations: [] });
  });

  test('billing, payment, Kafka, Postgres and the gateway were each killed with operations under way', () => {
    const killed = report.figures.slice(1);
    expect(killed.map(({ target }) => target)).toEqual(
      expect.arrayContaining(['billing', 'payment', 'kafka', 'postgres', 'gateway']),
    );
    expect(killed.filter(({ cutOff, serverFaults }) => cutOff + serverFaults === 0)).toEqual([]);
  });

  test('operations of every kind were acknowledged, some only when they were sent again', () => {
    const kinds = new Set(report.log.acknowledged.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['credit_use', 'customer', 'loan', 'payment', 'refund', 'reversal']);
    expect(report.log.acknowledged.length).toBeGreaterThan(100);
    expect(report.log.acknowledged.filter(({ attempts }) => attempts > 1).length).toBeGreaterThan(0);
  });
});
