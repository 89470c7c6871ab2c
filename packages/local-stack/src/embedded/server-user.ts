import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const OTHERS_MAY_ENTER = 0o001;

interface Ids {
  readonly uid?: number;
  readonly gid?: number;
}

export interface RunAs extends Ids {
  /** How to spawn a program as that user. */
  wrap(command: string, args: readonly string[]): { command: string; args: string[]; ids: Ids };
}

/**
 * PostgreSQL refuses to run as root. For root this picks the user `postgres`, or `nobody` where there is none. Where
 * that user cannot walk to the paths, as in a clone under /root, the program keeps the one capability that lets it.
 */
export function serverUser(paths: readonly string[]): RunAs {
  const user = process.getuid?.() === 0 ? (lookUp('postgres') ?? lookUp('nobody')) : undefined;
  if (user === undefined) return { wrap: (command, args) => ({ command, args: [...args], ids: {} }) };
  if (paths.every(othersMayReach))
    return { ...user, wrap: (command, args) => ({ command, args: [...args], ids: user }) };
  const switches = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const capability = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return {
    ...user,
    wrap: (command, args) => ({ command: 'setpriv', args: [...switches, ...capability, command, ...args], ids: {} }),
  };
}

function lookUp(name: string): { uid: number; gid: number } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number.parseInt(uid, 10), gid: Number.parseInt(gid, 10) } : undefined;
}

function othersMayReach(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & OTHERS_MAY_ENTER) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
