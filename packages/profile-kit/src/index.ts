export { exactJson, FILE_BYTES_MAX, type SentFile, sentFile } from './bodies.ts';
export { djangoErrors, taken } from './django-errors.ts';
export { envelopeErrors, envelopeOf, inEnvelope } from './envelope.ts';
export { alias, type Field, type Given, isGiven, listOf, optional, readFields, record } from './fields.ts';
export { instalmentId, instalmentWithId } from './instalment-ids.ts';
export {
  NoPageSchema,
  type NumberedPage,
  noPage,
  numberedPage,
  numberedPageOf,
  PageNumberQuerySchema,
} from './numbered-pages.ts';
export { type ProfilePage, ProfilePageQuerySchema, profilePage, profilePageOf } from './pages.ts';
export { type Profile, type ProfileRoute, profileContext, type Registered, registerProfile } from './profile.ts';
export { type ProfileConfig, type ProfileName, type ProfilePart, profileConfig, registerProfiles } from './profiles.ts';
export {
  claimNumbers,
  moveNumber,
  type NumberedKind,
  numberOf,
  numbersOf,
  numbersUntil,
  withNumber,
} from './public-numbers.store.ts';
export { publicNumbersMigration } from './public-numbers-migration.ts';
export { simpleJwtErrors } from './simple-jwt-errors.ts';
export {
  decimal,
  email,
  externalId,
  flag,
  instant,
  integer,
  jsonNumber,
  oneOf,
  text,
  uuid,
  wholeNumber,
} from './values.ts';
