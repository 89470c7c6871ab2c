/** A stand-in for jest, to be killed by a test: starts a keeper, tells its coordinates, and stays. */
import { startKeeper } from '../../src/jest/keeper.ts';

const keeper = await startKeeper();
process.stdout.write(`${keeper.coordinates}\n`);
