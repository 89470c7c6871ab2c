import type { ProfileName, ProfilePart } from '@tenor/profile-kit';

/** Billing's parts of the profiles. */
export function profileParts(): Partial<Record<ProfileName, ProfilePart>> {
  return {};
}
