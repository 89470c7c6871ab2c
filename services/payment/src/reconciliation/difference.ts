/** What can be done about a payment without a person: an event published again, or billing's answer taken over. */
export type PaymentRemedy = 'republish_settled' | 'republish_reversed' | 'take_answer';
/** The same for a refund. */
export type RefundRemedy = 'republish_refund' | 'take_decision';
export type Remedy = PaymentRemedy | RefundRemedy;

export const differenceKinds = [
  'unknown_payment',
  'unknown_refund',
  'applied_twice',
  'decided_twice',
  'customer_differs',
  'not_applied',
  'not_decided',
  'record_missing',
  'currency_differs',
  'amount_differs',
  'value_date_differs',
  'not_reversed',
  'reversed_by_billing',
  'answer_missing',
  'decision_missing',
  'not_closed',
  'status_differs',
  'parts_differ',
  'put_aside',
] as const;
export type DifferenceKind = (typeof differenceKinds)[number];

export interface Difference<Cure extends Remedy = Remedy> {
  readonly kind: DifferenceKind;
  /** Null for what only a person can place. */
  readonly remedy: Cure | null;
}

/** What healing leaves alone. */
export const byPerson = (kind: DifferenceKind) => ({ kind, remedy: null });
