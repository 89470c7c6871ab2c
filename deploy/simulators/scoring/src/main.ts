import { startSimulator } from './simulator.ts';

const SHUTDOWN_TIMEOUT_MS = 10_000;

const { HOST = '0.0.0.0', PORT = '8093' } = process.env;

const simulator = await startSimulator({
  host: HOST,
  port: Number.parseInt(PORT, 10),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(1), SHUTDOWN_TIMEOUT_MS).unref();
    simulator.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
