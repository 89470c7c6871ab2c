import { fetchText } from '@tenor/service-kit';
import type { Channel, Message } from './message.ts';
import { answerOf, type ProviderAnswer } from './provider-answer.ts';

/** The provider of e-mail and SMS, as the configuration names it. */
export interface NotificationProvider {
  /** Without a slash at the end. */
  readonly url: string;
  readonly apiKey: string;
  readonly timeoutMs: number;
}

export interface OutgoingNotification extends Message {
  /** Under which the provider knows a repetition. */
  readonly id: string;
  readonly channel: Channel;
  /** E-mail address or telephone number. */
  readonly to: string;
}

/** The port: hands one message over; never rejects, since no answer is an answer too. */
export type SendNotification = (notification: OutgoingNotification) => Promise<ProviderAnswer>;

const ANSWER_BYTES_MAX = 64 * 1024;

export function notificationSender({ url, apiKey, timeoutMs }: NotificationProvider): SendNotification {
  return async ({ id, channel, to, subject, text }) => {
    const headers = {
      authorization: `Bearer ${apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': id,
    };
    const body = JSON.stringify({ reference: id, channel, to, ...(subject === null ? {} : { subject }), text });
    try {
      const bounds = { timeoutMs, bytesMax: ANSWER_BYTES_MAX };
      const answer = await fetchText(`${url}/v1/messages`, { method: 'POST', headers, body }, bounds);
      return answerOf(answer.status, jsonOf(answer.text));
    } catch (error) {
      return { kind: 'faulted', reason: Error.isError(error) ? error.name : 'no answer' };
    }
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
