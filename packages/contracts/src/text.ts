import { Type } from 'typebox';

/** Control and direction characters, as a part of a character class. */
const UNSEEN = '\\u0000-\\u001f\\u007f\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';

/** Text that shows something, without control or direction characters, for which no name or id has a use. */
export const textSchema = (maxLength: number, description: string) =>
  Type.String({
    minLength: 1,
    maxLength,
    // Spaces, then what is none, then anything: matched in one pass, however long the text is.
    pattern: `^[^\\S${UNSEEN}]*[^\\s${UNSEEN}][^${UNSEEN}]*$`,
    description,
  });

const EXTERNAL_ID_LENGTH_MAX = 128;

/** What a client calls a resource of its own. */
export const ExternalIdSchema = textSchema(EXTERNAL_ID_LENGTH_MAX, "The client's own id; unique");
