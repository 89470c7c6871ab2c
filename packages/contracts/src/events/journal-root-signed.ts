import { type Static, Type } from 'typebox';
import { defineEvent } from '../cloud-event.ts';
import { InstantSchema } from '../dates.ts';
import { count, day, orNull } from '../event-fields.ts';

const hash = (description: string) => Type.String({ pattern: '^[0-9a-f]{64}$', description });
const base64Url = (description: string) => Type.String({ pattern: '^[A-Za-z0-9_-]{43,86}$', description });

export const journalRootSigned = defineEvent({
  type: 'journal.root_signed',
  topic: 'integrity',
  subject: 'day',
  title: "The day's root of all journals was signed",
  description:
    'The root of a Merkle tree (RFC 6962, SHA-256) over the journal heads of all loans as of `known_at`, in the order of their ids. Signed is the RFC 8785 text of `day`, `known_at`, `loans`, `previous_signature` and `root`.',
  data: Type.Object({
    day: day('The UTC day of `known_at`'),
    known_at: { ...InstantSchema, description: 'All that was recorded until then is in it' },
    loans: count('Loans that had a journal then'),
    root: hash('The root, in hex'),
    previous_signature: orNull(base64Url('Ed25519'), 'Signature of the signed day before; null for the first'),
    public_key: base64Url('The Ed25519 public key that it was signed with'),
    signature: base64Url('Ed25519 signature'),
  }),
  example: {
    day: '2026-01-08',
    known_at: '2026-01-08T00:00:02.123456Z',
    loans: 1,
    root: '6f1ed002ab5595859014ebf0951522d9aa1a5ff8a4bd5e5f3d5ad3a0b1ce2a5b',
    previous_signature: null,
    public_key: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    signature: '5VZDAMNgrHKQhuLMgG6CioSHfx645dl02HPgZSJJAVVfuIIVkKM7rMYeOXAc-bRr0lv18FlbviRlUUFDjnoQCw',
  },
});
export type JournalRootSigned = Static<typeof journalRootSigned.data>;
