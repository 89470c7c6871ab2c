import { isPure, isServiceSource, isSource, isTest, placeOf } from './layout.ts';
import type { Project } from './source.ts';

/** The measures of style.md's table. */
export interface Figures {
  readonly files: number;
  readonly medianLines: number;
  readonly largestLines: number;
  readonly largestFile: string;
  readonly longFunctionsShare: number;
  /** Lines of pure cores among all lines of the services' sources. */
  readonly pureShare: number;
  /** The same with the packages that are cores counted on both sides. */
  readonly pureShareWithPackages: number;
  readonly testToCode: number;
  /** Own files that `POST /v1/loans` and `payment.settled` pass, from the entry to the rows. */
  readonly hops: Readonly<Record<string, number>>;
}

/** The two tours of ARCHITECTURE.md, each a list of the files it passes; a test holds that they exist and import on. */
export const TOURS: Readonly<Record<string, readonly string[]>> = {
  'POST /v1/loans': [
    'services/billing/src/loans/loans.routes.ts',
    'services/billing/src/loans/loans.commands.ts',
    'packages/service-kit/src/unit-of-work.ts',
    'services/billing/src/loans/loan.ts',
    'services/billing/src/schedules/schedule.ts',
    'services/billing/src/loans/loans.store.ts',
  ],
  'payment.settled': [
    'packages/service-kit/src/consumer.ts',
    'services/billing/src/repayments/repayments.consumer.ts',
    'services/billing/src/repayments/repayments.commands.ts',
    'packages/service-kit/src/unit-of-work.ts',
    'services/billing/src/repayments/repayment.ts',
    'services/billing/src/repayments/applied-payments.store.ts',
  ],
};

const LONG_FUNCTION_LINES = 70;

export function figuresOf({ files }: Project): Figures {
  const sources = files.filter(({ path }) => isSource(path));
  const sorted = sources.map(({ lines }) => lines).sort((a, b) => a - b);
  const largest = sources.reduce((most, file) => (file.lines > most.lines ? file : most), { path: '', lines: 0 });
  const functions = sources.flatMap((file) => file.functions);
  const lines = (wanted: (path: string) => boolean) =>
    files.filter(({ path }) => wanted(path)).reduce((sum, file) => sum + file.lines, 0);
  const core = (path: string) => placeOf(path)?.role === 'core';
  const purePackage = (path: string) => isPure(path) && !core(path);
  return {
    files: sources.length,
    medianLines: sorted[Math.floor(sorted.length / 2)] ?? 0,
    largestLines: largest.lines,
    largestFile: largest.path,
    longFunctionsShare: functions.filter((found) => found.lines > LONG_FUNCTION_LINES).length / functions.length,
    pureShare: lines(core) / lines(isServiceSource),
    pureShareWithPackages: lines(isPure) / lines((path) => isServiceSource(path) || purePackage(path)),
    testToCode: lines(isTest) / lines(isSource),
    hops: Object.fromEntries(Object.entries(TOURS).map(([name, tour]) => [name, tour.length])),
  };
}
