import { commandOf, type Identity, identityOf, isAlive, parentOf } from './processes.ts';

const LOOK_EVERY_MS = 500;

/**
 * Calls back when the npm that runs this process, or the shell that npm runs it in, has gone. That shell does not pass
 * a signal on, so a killed `npm start` would otherwise leave everything running. Does nothing without npm.
 */
export function onStarterGone(env: NodeJS.ProcessEnv, listener: () => void): void {
  if (env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const isNpm = grandparent !== undefined && /\bnpm\b/.test(commandOf(grandparent));
  const watched = [parent, ...(isNpm ? [grandparent] : [])]
    .map(identityOf)
    .filter((identity): identity is Identity => identity !== undefined);
  const timer = setInterval(() => {
    if (watched.every(isAlive)) return;
    clearInterval(timer);
    listener();
  }, LOOK_EVERY_MS).unref();
}
