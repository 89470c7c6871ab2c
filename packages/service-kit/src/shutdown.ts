import { ConfigError } from './config.ts';

/** A service that runs. `stop` finishes requests and batches under way and then closes what was opened. */
export interface Running {
  stop(): Promise<void>;
  readonly shutdownTimeoutMs?: number;
}

/** The parts of `process` that running a service needs; a test gives its own. */
export interface ProcessHost {
  on(
    event: 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection',
    listener: (value: unknown) => void,
  ): unknown;
  exit(code: number): void;
  readonly stderr: { write(text: string): unknown };
}

export interface ServiceRun {
  readonly start: () => Promise<Running>;
  readonly host?: ProcessHost;
}

const DEFAULT_SHUTDOWN_TIMEOUT_MS = 15_000;
const EXIT_FAILED = 1;
const EXIT_INTERRUPTED = 130;

function tell(host: ProcessHost, what: string, error: unknown): void {
  const isConfiguration = error instanceof ConfigError;
  const text = Error.isError(error)
    ? isConfiguration
      ? error.message
      : (error.stack ?? error.message)
    : String(error);
  host.stderr.write(`${what}: ${text}\n`);
}

/** Stops within the time-out; false when it failed or took longer. */
async function stopInTime(running: Running, host: ProcessHost): Promise<boolean> {
  const timeoutMs = running.shutdownTimeoutMs ?? DEFAULT_SHUTDOWN_TIMEOUT_MS;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not stopped within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([running.stop(), late]);
    return true;
  } catch (error) {
    tell(host, 'stopping failed', error);
    return false;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs a service for the life of the process. SIGTERM or SIGINT stops it gracefully (exit 0; 1 when that
 * fails or takes too long), a second signal ends it at once. A failed start says why and exits 1. An error
 * that nobody caught leaves no state to trust: it is told, the service is stopped, and the exit code is 1.
 */
export async function runService({ start, host = process }: ServiceRun): Promise<void> {
  let running: Running | undefined;
  let isStopping = false;
  let wantedCode: number | undefined;

  async function finish(code: number): Promise<void> {
    wantedCode = Math.max(code, wantedCode ?? 0);
    if (running === undefined || isStopping) return;
    isStopping = true;
    const isClean = await stopInTime(running, host);
    host.exit(isClean ? wantedCode : EXIT_FAILED);
  }

  const onSignal = (): void => {
    if (wantedCode !== undefined) host.exit(EXIT_INTERRUPTED);
    else void finish(0);
  };
  const onUncaught = (error: unknown): void => {
    tell(host, 'uncaught', error);
    void finish(EXIT_FAILED);
  };
  host.on('SIGTERM', onSignal);
  host.on('SIGINT', onSignal);
  host.on('uncaughtException', onUncaught);
  host.on('unhandledRejection', onUncaught);

  try {
    running = await start();
  } catch (error) {
    tell(host, 'the service did not start', error);
    host.exit(EXIT_FAILED);
    return;
  }
  if (wantedCode !== undefined) await finish(wantedCode);
}
