import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';
import { repositoryRoot } from '../src/paths.ts';
import { choosePort, isPortFree } from '../src/ports.ts';
import { isAlive, readRecords } from '../src/processes.ts';
import { runToEnd, startService } from '../src/services.ts';
import { removeScratch, scratchFolder } from './support/scratch.ts';

afterAll(removeScratch);

/** A folder as the local stack has it, and in it a compiled service that runs the script. */
function serviceOf(script: string, env: Record<string, string> = {}) {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'logs'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'dist', 'main.mjs'), script);
  return {
    folder,
    service: { name: 'sample', script: relative(repositoryRoot, join(folder, 'dist', 'main.mjs')), env },
  };
}

const serving = `
  import { createServer } from 'node:http';
  const begun = Date.now();
  createServer((asked, answer) => answer.writeHead(Date.now() - begun > 300 ? 200 : 503).end()).listen(process.env.PORT);`;

describe('a service of the local stack', () => {
  test('counts as started when its /readyz says yes', async () => {
    const port = await choosePort();
    const { folder, service } = serviceOf(serving, { PORT: String(port) });
    const url = `http://127.0.0.1:${port}`;
    const started = await startService(folder, service, { url, env: process.env });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const [record] = readRecords(folder);
    await started.stop();
    expect(record && isAlive(record)).toBe(false);
  });

  test('that ends while it starts is refused with the end of its log', async () => {
    const { folder, service } = serviceOf("process.stderr.write('DATABASE_URL is wrong'); process.exit(3)");
    const started = startService(folder, service, { url: 'http://127.0.0.1:1', env: {} });
    await expect(started).rejects.toThrow('sample ended while it started:\nDATABASE_URL is wrong');
  });

  test('does not see the admin URL of the database', async () => {
    const { folder, service } = serviceOf("if (process.env.DATABASE_URL !== 'own') throw new Error('seen')", {
      DATABASE_URL: 'own',
    });
    await runToEnd(folder, service, { DATABASE_URL: 'admin' });
    const seeing = runToEnd(folder, { ...service, env: {} }, { DATABASE_URL: 'admin' });
    await expect(seeing).rejects.toThrow('sample failed (exit code 1):');
    await expect(seeing).rejects.toThrow('Error: seen');
  });

  test('that was not compiled is named', async () => {
    const { folder, service } = serviceOf('');
    const missing = { ...service, script: 'services/none/dist/main.js' };
    await expect(runToEnd(folder, missing, {})).rejects.toThrow('services/none/dist/main.js is missing');
  });
});

describe('a port', () => {
  let server: Server;
  let taken: number;

  beforeAll(async () => {
    taken = await choosePort();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(taken, '127.0.0.1', resolve));
  });

  afterAll(() => server.close());

  test('is the preferred one when that is free, and another when it is not', async () => {
    const preferred = await choosePort();
    expect(await choosePort(preferred)).toBe(preferred);
    expect(await choosePort(preferred, [preferred])).not.toBe(preferred);
    expect(await isPortFree(taken)).toBe(false);
    expect(await choosePort(taken)).not.toBe(taken);
  });
});
