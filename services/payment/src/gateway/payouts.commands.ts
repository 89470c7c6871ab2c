import { concludeRefund } from '../refunds/refunds.commands.ts';
import type { CallKind } from './call-kinds.commands.ts';

/** Payouts: refunds that a provider pays, or fails to. */
export const payouts: CallKind = { path: '/v1/payouts', conclude: concludeRefund };
