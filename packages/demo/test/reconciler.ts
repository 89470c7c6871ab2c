import type { Client } from '../src/client.ts';

interface Difference {
  readonly kind: string;
  readonly remedy: string | null;
}
export interface PaymentDifference extends Difference {
  readonly payment_id: string;
}
export interface RefundDifference extends Difference {
  readonly refund_id: string;
}
export interface Report {
  readonly data: readonly PaymentDifference[];
  readonly refunds: readonly RefundDifference[];
  readonly totals: { readonly payment: object[]; readonly billing: object[] };
  readonly imported: readonly { readonly currency: string; readonly count: number; readonly amount: string }[];
  readonly in_flight: { readonly count: number };
  readonly next_cursor: string | null;
}
interface Cures<Id extends string> {
  readonly healed: readonly (Record<Id, string> & { readonly remedy: string })[];
  readonly needs_person: readonly (Record<Id, string> & { readonly kind: string })[];
}
interface Healed extends Cures<'payment_id'> {
  readonly refunds: Cures<'refund_id'>;
  readonly in_flight: number;
}

export const ALL_DATES = 'from=1900-01-01&to=2199-12-31';

export type Reconciler = ReturnType<typeof reconcilerOf>;

/** Compares and heals all dates in one page. */
export function reconcilerOf(client: Client, admin: Client) {
  return {
    report: (): Promise<Report> => client.get<Report>(`/v1/reconciliation?${ALL_DATES}&limit=200`),
    async heal(key: string): Promise<Healed> {
      const { status, body } = await admin.post<Healed>(
        '/v1/reconciliation/heal',
        { from: '1900-01-01', to: '2199-12-31', limit: 200 },
        { 'idempotency-key': key },
      );
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body;
    },
  };
}
