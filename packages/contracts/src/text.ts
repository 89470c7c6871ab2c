import { Type } from 'typebox';

/** Text that shows something, without control or direction characters, for which no name or id has a use. */
export const textSchema = (maxLength: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern: '^(?=.*\\S)[^\\u0000-\\u001f\\u007f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]*$',
    description,
  });

const EXTERNAL_ID_LENGTH_MAX = 128;

/** What a client calls a resource of its own. */
export const ExternalIdSchema = textSchema(EXTERNAL_ID_LENGTH_MAX, "The client's own id; unique");
