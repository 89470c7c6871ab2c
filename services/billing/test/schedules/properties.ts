/** `npm run properties [-- --runs 100000] [-- --seed 7]`: the rules of every schedule over random products. */
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { buildSchedule } from '../../src/schedules/schedule.ts';
import { anySchedule } from './any-schedule.ts';
import { faultsOf } from './schedule-faults.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const { values } = parseArgs({ options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string' } } });
const numRuns = Number.parseInt(values.runs, 10);
const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number.parseInt(values.seed, 10);
if (!(numRuns >= 1)) throw new Error('--runs is a whole number from 1.');
const counts = new Map<string, number>();
const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
const began = performance.now();
const outcome = fc.check(
  fc.property(anySchedule, (input) => {
    const { terms, disbursements } = input;
    count(terms.interestMethod);
    if (disbursements.length > 1) count('several disbursements');
    if (terms.principalGrace > 0) count('principal grace');
    if (terms.interestGrace > 0) count(`interest grace, ${terms.interestGraceTreatment}`);
    if (terms.downPaymentPercent !== null) count('down payment');
    if (terms.fees.length > 0) count('fees');
    if (terms.tax !== null) count('tax');
    if (terms.indexRate !== null) count('index rate');
    if (terms.instalmentMultiple !== null) count('instalment multiple');
    if (terms.calendar !== null) count('business days');
    const schedule = buildSchedule(input);
    if ('refused' in schedule) count(`refused: ${schedule.refused}`);
    const faults = faultsOf(input);
    if (faults.length > 0) throw new Error(faults.join('; '));
  }),
  { numRuns, seed },
);
for (const [name, number] of [...counts].toSorted()) say(`${name}: ${number}`);
say(`${outcome.numRuns} products, seed ${seed}, ${Math.round((performance.now() - began) / 1000)} s`);
say(outcome.failed ? (fc.defaultReportMessage(outcome) ?? 'failed') : 'every rule held');
process.exitCode = outcome.failed ? 1 : 0;
