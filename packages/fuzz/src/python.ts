import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const INSTALL_TIMEOUT_MS = 180_000;
const OLDEST_PYTHON = [3, 10] as const;

/** Something that is missing on the machine; its message is for the user. */
export class MissingTool extends Error {}

/** A Python with the packages of one requirements file. */
export interface PythonPackages {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The packages of the requirements file, installed once into `folder` with the machine's own pip: in a virtual
 * environment, or where Python came without venv in a folder of their own. Throws MissingTool without a Python.
 */
export async function pythonPackages(requirements: string, folder: string): Promise<PythonPackages> {
  const python = process.env['PYTHON'] ?? 'python3';
  await checkVersion(python);
  const pins = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  const home = join(folder, `python-${pins}`);
  const [venv, plain, done] = [join(home, 'venv'), join(home, 'packages'), join(home, 'installed')];
  const inVenv = { command: join(venv, 'bin', 'python'), env: {} };
  const inFolder = { command: python, env: { PYTHONPATH: plain } };
  if (!existsSync(done)) {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--requirement', requirements];
    const hasVenv = await succeeds(python, ['-m', 'venv', venv]);
    if (hasVenv) await install(inVenv.command, pip);
    else await install(python, [...pip, '--target', plain]);
    writeFileSync(done, hasVenv ? 'venv' : 'packages');
  }
  return readFileSync(done, 'utf8') === 'venv' ? inVenv : inFolder;
}

async function checkVersion(python: string): Promise<void> {
  const needed = OLDEST_PYTHON.join('.');
  const code = 'import sys; print(*sys.version_info[:2])';
  const answer = await run(python, ['-c', code]).catch(() => undefined);
  if (answer === undefined) {
    throw new MissingTool(`Schemathesis needs Python ${needed} or newer: install python3, or name it in PYTHON.`);
  }
  const [major = 0, minor = 0] = answer.stdout
    .trim()
    .split(' ')
    .map((part) => Number.parseInt(part, 10));
  const isNewEnough = major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]);
  if (!isNewEnough)
    throw new MissingTool(`Schemathesis needs Python ${needed} or newer; ${python} is ${major}.${minor}.`);
}

const succeeds = (command: string, args: readonly string[]): Promise<boolean> =>
  run(command, args, { timeout: INSTALL_TIMEOUT_MS }).then(
    () => true,
    () => false,
  );

async function install(command: string, args: readonly string[]): Promise<void> {
  try {
    await run(command, args, { timeout: INSTALL_TIMEOUT_MS });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    const hint = /No module named pip/.test(stderr)
      ? 'Python came without pip and venv (Debian: python3-venv).'
      : stderr;
    throw new MissingTool(`Schemathesis could not be installed with pip. ${hint.trim()}`);
  }
}

/** Runs a Python program to its end or its time limit; its output and exit code, null when it was ended. */
export function runPython(
  { command, env }: PythonPackages,
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      signal: options.signal,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
