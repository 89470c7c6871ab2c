import { PROBLEM_CONTENT_TYPE, type Refusal } from '@tenor/contracts';
import { type ProblemSubject, problemOf } from './errors.ts';

/** A refusal as it is sent. */
export interface ProblemAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: unknown;
}

/** How a part of the API words its refusals, told from the canonical answer. */
export type ProblemForm = (refusal: Refusal, canonical: ProblemAnswer) => ProblemAnswer;

export interface ProblemForms {
  /** For every path at or below the prefix, such as `/kopa`, those without a route among them. */
  add(prefix: string, form: ProblemForm): void;
  answerTo(refusal: Refusal, request: ProblemSubject): ProblemAnswer;
}

/** Problems by RFC 9457, but where a prefix has words of its own. */
export function createProblemForms(): ProblemForms {
  const forms = new Map<string, ProblemForm>();
  return {
    add: (prefix, form) => void forms.set(prefix, form),
    answerTo(refusal, request) {
      const canonical = { ...problemOf(refusal, request), contentType: PROBLEM_CONTENT_TYPE };
      const path = request.url.split('?', 1)[0] ?? '';
      const [, form] = [...forms].find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`)) ?? [];
      return form === undefined ? canonical : form(refusal, canonical);
    },
  };
}
