/** Event topics. A break of a schema is a new topic version, never a change of meaning in an old one. */
export const topics = {
  loans: 'billing.loans.v1',
  customers: 'billing.customers.v1',
  payments: 'payment.payments.v1',
  integrity: 'billing.integrity.v1',
} as const;

export type TopicKey = keyof typeof topics;
export type TopicName = (typeof topics)[TopicKey];

export interface TopicSettings {
  readonly partitions: number;
  /** −1: for ever. */
  readonly retentionMs: number;
  /** Never `compact`: the key is the customer, so compaction would drop all but a customer's last event. */
  readonly cleanupPolicy: 'delete';
  readonly title: string;
  readonly description: string;
}

/** Fixed at creation: with another count, a customer's later events would go to another partition. */
export const TOPIC_PARTITIONS = 12;
export const RETENTION_FOR_EVER_MS = -1;

const kept = { partitions: TOPIC_PARTITIONS, retentionMs: RETENTION_FOR_EVER_MS, cleanupPolicy: 'delete' } as const;

export const topicSettings: Readonly<Record<TopicName, TopicSettings>> = {
  'billing.loans.v1': {
    ...kept,
    title: 'Loans',
    description: 'Everything that happens to a loan, published by billing.',
  },
  'billing.customers.v1': {
    ...kept,
    title: 'Customers',
    description: 'Customers, their limits and their credit balances, published by billing. No personal data.',
  },
  'payment.payments.v1': {
    ...kept,
    title: 'Payments',
    description: 'Payments that settled, were taken back or were rejected, published by payment.',
  },
  'billing.integrity.v1': {
    ...kept,
    title: 'Integrity',
    description: 'Signed roots of the journals of all loans, one a day, published by billing.',
  },
};
