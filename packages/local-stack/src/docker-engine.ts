import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PING_TIMEOUT_MS = 2_000;

/** Whether a Docker engine answers, asked without loading testcontainers. */
export async function dockerAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  const host = env['DOCKER_HOST'];
  if (host !== undefined && !host.startsWith('unix://')) return ping(new URL(host.replace(/^tcp:/, 'http:')));
  const sockets = host
    ? [host.slice('unix://'.length)]
    : [
        '/var/run/docker.sock',
        join(homedir(), '.docker/run/docker.sock'),
        join(homedir(), '.docker/desktop/docker.sock'),
      ];
  for (const socketPath of sockets.filter((path) => existsSync(path))) {
    if (await ping({ socketPath })) return true;
  }
  return false;
}

function ping(target: URL | { socketPath: string }): Promise<boolean> {
  const where =
    target instanceof URL ? { host: target.hostname, port: target.port || '2375' } : { socketPath: target.socketPath };
  return new Promise((resolve) => {
    const asked = request({ ...where, path: '/_ping', timeout: PING_TIMEOUT_MS }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(false));
    asked.end();
  });
}
