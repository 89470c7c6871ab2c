import type { ProblemCode } from '@tenor/contracts';
import type { ProblemForm } from '@tenor/service-kit';

const tokenInvalid = { detail: 'Token is invalid or expired', code: 'token_not_valid' };

/** What Simple JWT, by which such systems log in, says of tokens. */
const words: Partial<Record<ProblemCode, object>> = {
  credentials_invalid: { detail: 'No active account found with the given credentials' },
  refresh_token_invalid: tokenInvalid,
  token_reused: tokenInvalid,
};
const accessTokenInvalid = {
  detail: 'Given token not valid for any token type',
  code: 'token_not_valid',
  messages: [{ token_class: 'AccessToken', token_type: 'access', message: tokenInvalid.detail }],
};

/** The words of Simple JWT for refusals of logins and tokens, and `otherwise` for any other. */
export function simpleJwtErrors(otherwise: ProblemForm): ProblemForm {
  return (refusal, canonical) => {
    const answer = otherwise(refusal, canonical);
    const isRejected = canonical.headers['www-authenticate']?.includes('invalid_token') === true;
    const body = words[refusal.refused] ?? (isRejected ? accessTokenInvalid : answer.body);
    return { ...answer, body };
  };
}
