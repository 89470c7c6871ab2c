/** What the story does to the simulated outside systems, and sees in them. */
export interface Outside {
  /** How core banking behaves from now on; an empty object: as it should. */
  coreBanking(simulation: Readonly<Record<string, unknown>>): Promise<void>;
  scoring(simulation: Readonly<Record<string, unknown>>): Promise<void>;
  /** Subjects of the e-mails that were sent to this address, oldest first. */
  emails(to: string): Promise<string[]>;
}

export interface OutsideUrls {
  readonly coreBanking: string;
  readonly scoring: string;
  readonly notifications: string;
}

const REQUEST_TIMEOUT_MS = 5_000;

export function outside({ coreBanking, scoring, notifications }: OutsideUrls): Outside {
  const simulate = async (url: string, simulation: object): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(simulation);
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    const { ok, status } = await fetch(`${url}/simulation`, { method: 'PUT', headers, body, signal });
    if (!ok) throw new Error(`PUT ${url}/simulation answered ${status}`);
  };
  return {
    coreBanking: (simulation) => simulate(coreBanking, simulation),
    scoring: (simulation) => simulate(scoring, simulation),
    async emails(to) {
      const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
      const response = await fetch(`${notifications}/messages?to=${encodeURIComponent(to)}`, { signal });
      const { data } = (await response.json()) as { data: { subject?: string }[] };
      return data.flatMap(({ subject }) => subject ?? []);
    },
  };
}
