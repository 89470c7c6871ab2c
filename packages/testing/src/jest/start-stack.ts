import { COORDINATES_KEY } from '../coordinates.ts';
import { type Keeper, startKeeper } from './keeper.ts';

/** Jest's global set-up: one stack per run, or the one that TENOR_TEST_STACK already names. */
export default async function startStack(): Promise<void> {
  if (process.env[COORDINATES_KEY]) return;
  const keeper = await startKeeper();
  process.env[COORDINATES_KEY] = keeper.coordinates;
  (globalThis as { tenorKeeper?: Keeper }).tenorKeeper = keeper;
}
