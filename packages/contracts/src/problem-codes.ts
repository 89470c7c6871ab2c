import { problemStatus } from './problem.ts';
import { problems } from './problems.ts';

export type ProblemCode = keyof typeof problems;

export const problemCodes = Object.keys(problems) as readonly ProblemCode[];

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(problems, code);
}

/** The HTTP status that a code is answered with. */
export function statusOfProblem(code: ProblemCode): number {
  return problemStatus[problems[code].class];
}
