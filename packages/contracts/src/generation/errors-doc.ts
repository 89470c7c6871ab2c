import type { ProblemEntry } from '../problem.ts';
import { ProblemSchema } from '../problem.ts';
import { problemCodes, statusOfProblem } from '../problem-codes.ts';
import { problems } from '../problems.ts';
import { cell, describeFields, GENERATED_NOTE } from './markdown.ts';

const INTRODUCTION = `Every answer that is not a success is an RFC 9457 problem (\`application/problem+json\`). Programs switch on \`code\`, which is stable; \`title\` and \`detail\` are for people and may change. A refusal stores nothing, its Idempotency-Key included, so that the corrected request may use the same key; the one exception is \`amount_exceeds_outstanding\`, whose payment is kept as \`rejected\` and whose key replays the same answer. Answers with status 429 and 503 carry \`Retry-After\`.`;

/** `docs/errors.md`: the catalogue by status, then by code. */
export function errorsDocument(): string {
  const codes = problemCodes.toSorted((a, b) => statusOfProblem(a) - statusOfProblem(b) || (a < b ? -1 : 1));
  const rows = codes.map((code) => {
    const { title, explanation, remedy }: ProblemEntry = problems[code];
    return `| \`${code}\` | ${statusOfProblem(code)} | ${cell(title)} | ${cell(explanation)} | ${cell(remedy)} |`;
  });
  return [
    '# Errors\n',
    `${GENERATED_NOTE}\n`,
    `${INTRODUCTION}\n`,
    '## The body\n',
    describeFields(ProblemSchema),
    '## The codes\n',
    `| code | status | title | when | what to do |\n|---|---|---|---|---|\n${rows.join('\n')}\n`,
  ].join('\n');
}
