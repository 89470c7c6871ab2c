import { COORDINATES_KEY } from '../coordinates.ts';
import type { Keeper } from './keeper.ts';

/** Jest's global teardown: stops the stack that this run's set-up started, and no other. */
export default async function stopStack(): Promise<void> {
  const holder = globalThis as { tenorKeeper?: Keeper };
  if (!holder.tenorKeeper) return;
  await holder.tenorKeeper.release();
  delete holder.tenorKeeper;
  delete process.env[COORDINATES_KEY];
}
