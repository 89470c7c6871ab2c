const UNTIL_EFFECT_MS = 10_000;
const PAUSE_MS = 50;

/** Waits for an effect that travels over Kafka; the check after it says what was seen if it never came. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + UNTIL_EFFECT_MS;
  while (Date.now() < end && !(await holds())) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
