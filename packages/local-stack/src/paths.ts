import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This package's folder; the same from `src` and from `dist`. */
export const packageFolder = fileURLToPath(new URL('..', import.meta.url));

export const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** Where `npm start` keeps everything between runs; git ignores it. */
export const localFolder = process.env['LOCAL_STACK_FOLDER'] ?? join(repositoryRoot, '.local-stack');

/** Downloads shared by the local stack and all test runs of this clone; `npm run reset` leaves them. */
export const cacheFolder = join(repositoryRoot, '.local-stack', 'cache');
