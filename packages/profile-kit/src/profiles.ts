import type { App, ProblemForm } from '@tenor/service-kit';
import { type Static, Type } from 'typebox';
import { type Registered, registerProfile } from './profile.ts';

/** The systems whose clients Tenor serves, by their prefixes. */
const names = ['mo', 'amartha', 'alemeno', 'kopa', 'lending'] as const;
export type ProfileName = (typeof names)[number];

/** What the services' environment says of profiles. */
export const profileConfig = {
  PROFILES: Type.Array(Type.Enum([...names]), {
    default: [],
    uniqueItems: true,
    description:
      'APIs of other systems served under their prefixes, separated by commas: mo, amartha, alemeno, kopa, lending.',
  }),
  OPEN_PROFILES: Type.Array(Type.Enum(['mo', 'amartha', 'alemeno']), {
    default: [],
    uniqueItems: true,
    description: 'Those of them whose requests need no token, since their clients have no login; not for production.',
  }),
};

export type ProfileConfig = Static<ReturnType<typeof Type.Object<typeof profileConfig>>>;

export interface ProfilePart {
  readonly errors: ProblemForm;
  /** Those of one service. */
  readonly routes: (registered: Registered) => void | Promise<void>;
}

/** Serves one service's part of the profiles that are switched on. */
export async function registerProfiles(
  app: App,
  { PROFILES, OPEN_PROFILES }: ProfileConfig,
  parts: Readonly<Partial<Record<ProfileName, ProfilePart>>>,
): Promise<void> {
  const open: readonly ProfileName[] = OPEN_PROFILES;
  for (const name of PROFILES) {
    const part = parts[name];
    if (part !== undefined) {
      await registerProfile(app, { name, errors: part.errors, isOpen: open.includes(name) }, part.routes);
    }
  }
}
