import { Type } from 'typebox';

/** Of users of our own; an outside issuer has its users instead. */
export const identityKeys = {
  AUTH_SIGNING_KEYS_FILE: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'File of a JWKS of private keys (Ed25519, P-256 or RSA), read again when it changes: the first signs tokens, all are published. With it billing is the issuer and has users.',
    }),
  ),
  AUTH_ACCESS_TTL_SECONDS: Type.Integer({
    minimum: 60,
    maximum: 86_400,
    default: 900,
    description: 'How long an access token of ours is good for.',
  }),
  AUTH_REFRESH_TTL_SECONDS: Type.Integer({
    minimum: 300,
    maximum: 31_536_000,
    default: 2_592_000,
    description: 'How long a login lasts, with all its refreshing.',
  }),
  AUTH_PASSWORD_LENGTH_MIN: Type.Integer({
    minimum: 8,
    maximum: 64,
    default: 12,
    description: 'Least characters of a new password.',
  }),
};
