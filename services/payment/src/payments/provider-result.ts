/**
 * What a provider says became of the money. Of a failure, `wasMade` is `yes` where it tells of what it made, `no` where it
 * refused the call or knows of none, and `unknown` where it has not answered for so long that we send no more.
 */
export type ProviderResult =
  | { readonly succeeded: true; readonly amount: bigint; readonly currency: string }
  | { readonly succeeded: false; readonly failureCode: string; readonly wasMade: 'yes' | 'no' | 'unknown' };

/** What the attempts of a call have come to so far. */
export interface CallHistory {
  /** Those that were started, also by processes that have not sent them yet or lost their answers. */
  readonly attempts: number;
  readonly wasAccepted: boolean;
  readonly wasRefused: boolean;
  /** How often the provider, asked after a refusal, told of no call or of a failed one. */
  readonly denials: number;
  readonly hasOutcome: boolean;
}

/** With the pauses between questions these take at least a quarter of an hour: what was made is visible by then. */
export const DENIALS_BELIEVED = 6;

/**
 * What a result says of the whole call. A refusal speaks of its own attempt only: it stands for the call if there was no
 * other attempt, or if the provider has denied long enough that there is one, and never after an acceptance. A failure
 * that is told of a call with a refused attempt may be that attempt, so it counts as a refusal.
 *
 * @returns undefined where it leaves in doubt whether anything was made: the provider is to be asked again
 */
export function weigh(result: ProviderResult, call: CallHistory): ProviderResult | undefined {
  if (result.succeeded) return result;
  const isCertain = call.attempts === 1 || call.denials >= DENIALS_BELIEVED;
  switch (result.wasMade) {
    case 'unknown':
      return result;
    case 'no':
      return isCertain && !call.wasAccepted ? result : undefined;
    case 'yes':
      if (!call.wasRefused) return result;
      return isCertain || call.hasOutcome ? { ...result, wasMade: 'no' } : undefined;
    default:
      return result.wasMade satisfies never;
  }
}
