/**
 * A refresh token is used once and replaced by its successor; all that follow from one login are a family. One that is
 * used a second time was copied by somebody, and nobody can say which of the two is the thief: the family ends.
 */
export interface StoredRefreshToken {
  /** Of its family: revoked, or past its end. */
  readonly isOver: boolean;
  readonly isUsed: boolean;
  /** No longer than RETRY_MS ago. */
  readonly isUsedJustNow: boolean;
  readonly isSuccessorUsed: boolean;
}

/** How long the same token gives the same successor again, for a client whose answer was lost or that asked twice at once. */
export const RETRY_MS = 5_000;

export type Standing = 'usable' | 'just_used' | 'reused' | 'over';

/** What a token that somebody sends is worth. */
export function standingOf(token: StoredRefreshToken): Standing {
  if (token.isOver) return 'over';
  if (!token.isUsed) return 'usable';
  return token.isUsedJustNow && !token.isSuccessorUsed ? 'just_used' : 'reused';
}
