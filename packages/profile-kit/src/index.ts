export { exactJson } from './bodies.ts';
export { djangoErrors } from './django-errors.ts';
export { type Field, type Given, isGiven, listOf, optional, readFields, record } from './fields.ts';
export {
  NoPageSchema,
  type NumberedPage,
  noPage,
  numberedPage,
  numberedPageOf,
  PageNumberQuerySchema,
} from './numbered-pages.ts';
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
export { decimal, email, externalId, integer, jsonNumber, text, wholeNumber } from './values.ts';
