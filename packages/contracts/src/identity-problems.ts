import type { ProblemEntry } from './problem.ts';

/** Refusals of who logs in, or stays logged in. */
export const identityProblems = {
  credentials_invalid: {
    class: 'unauthenticated',
    title: 'User name or password is wrong',
    explanation:
      'There is no active user of this name and password. Which of the three is at fault is not said, and takes no other time.',
    remedy: 'Correct the name or the password; an administrator sets a new one and enables a user again.',
  },
  refresh_token_invalid: {
    class: 'unauthenticated',
    title: 'The refresh token is not valid',
    explanation: 'It was never given out, its login has ended or was revoked, or the user is disabled.',
    remedy: 'Log in again.',
  },
  token_reused: {
    class: 'unauthenticated',
    title: 'The refresh token was used before',
    explanation:
      'A refresh token is replaced as it is used, and this one comes again: somebody has a copy of it. All tokens of its login are revoked.',
    remedy: 'Log in again, and send each refresh token once; a repetition within five seconds gets the same answer.',
  },
} as const satisfies Record<string, ProblemEntry>;
