/** What a target made of one attempt. */
export interface TargetAnswer {
  /** Undefined when no HTTP answer came. */
  readonly statusCode?: number;
  /** Why there is none: `timed_out`, `refused_address`, `unreachable`, `broken_answer`. */
  readonly fault?: TargetFault;
  /** How its body began. */
  readonly text: string | null;
}

export type TargetFault = 'timed_out' | 'refused_address' | 'unreachable' | 'broken_answer';

/** `gone`: the target wants nothing any more (410). Anything but a 2xx is a failure, a redirect too. */
export type AttemptOutcome = 'delivered' | 'gone' | 'failed';

export function outcomeOf({ statusCode }: TargetAnswer): AttemptOutcome {
  if (statusCode === undefined) return 'failed';
  if (statusCode === 410) return 'gone';
  return statusCode >= 200 && statusCode < 300 ? 'delivered' : 'failed';
}
