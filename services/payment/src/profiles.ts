import type { ProfileName, ProfilePart } from '@tenor/profile-kit';

/** Payment's parts of the profiles. */
export function profileParts(): Partial<Record<ProfileName, ProfilePart>> {
  return {};
}
