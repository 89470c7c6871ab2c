/** Who calls: with a token of a role, or with none. `customer` is Ann, whose things the walk knows. */
export const callers = ['admin', 'officer', 'auditor', 'service', 'customer', 'nobody'] as const;
export type CallerName = (typeof callers)[number];
export type Staff = Exclude<CallerName, 'customer' | 'nobody'>;

/** What a customer has, by what a path calls it. */
export interface Things {
  readonly customers: string;
  readonly loans: string;
  readonly payments: string;
}

/**
 * What a route lets a customer do: nothing when left out, everything that staff may (`all`), list what is theirs
 * (`listed`), or whatever their own things are named in (`own`: in the path, or in the body that this makes).
 */
export type ForCustomers = 'all' | 'listed' | 'own' | ((things: Things) => object);

export interface Access {
  readonly staff: readonly Staff[];
  readonly customer?: ForCustomers;
  /** Whatever token is sent opens it to nobody, or it asks for none. */
  readonly tokenless?: true;
}

const readers: readonly Staff[] = ['admin', 'officer', 'auditor', 'service'];
const desk: readonly Staff[] = ['admin', 'officer', 'service'];
const watchers: readonly Staff[] = ['admin', 'officer', 'auditor'];
const operators: readonly Staff[] = ['admin', 'service'];

const read: Access = { staff: readers };
const write: Access = { staff: desk };
const watch: Access = { staff: watchers };
const operate: Access = { staff: operators };
const administer: Access = { staff: ['admin'] };
const audit: Access = { staff: ['admin', 'auditor'] };
const betweenServices: Access = { staff: ['service'] };
const tokenless: Access = { staff: [], tokenless: true };
const readAll: Access = { staff: readers, customer: 'all' };
const readOwn: Access = { staff: readers, customer: 'own' };
const listOwn: Access = { staff: readers, customer: 'listed' };

const principal = { amount: '2000000.00', currency: 'IDR' };
const week = { amount: '44000.00', currency: 'IDR' };
const application = { product: 'weekly-flat-50', principal };

/** Every operation of the OpenAPI documents of both services; one line each. */
export const routes: Readonly<Record<string, Access>> = {
  'GET /livez': tokenless,
  'GET /readyz': tokenless,

  'GET /.well-known/jwks.json': tokenless,
  'POST /v1/auth/register': tokenless,
  'POST /v1/auth/login': tokenless,
  'POST /v1/auth/refresh': tokenless,
  'POST /v1/auth/logout': tokenless,
  'POST /v1/auth/token': tokenless,
  'GET /v1/users': audit,
  'POST /v1/users': administer,
  'GET /v1/users/{id}': audit,
  'PATCH /v1/users/{id}': administer,

  'GET /v1/customers': listOwn,
  'POST /v1/customers': write,
  'GET /v1/customers/{id}': readOwn,
  'PATCH /v1/customers/{id}': write,
  'POST /v1/customers/bulk': write,
  'GET /v1/customers/{id}/balance': readOwn,
  'GET /v1/customers/{id}/limit': readOwn,
  'GET /v1/customers/{id}/loans': readOwn,
  'GET /v1/customers/{id}/delinquency': readOwn,
  'GET /v1/customers/{id}/credit-uses': readOwn,
  'POST /v1/customers/{id}/credit-uses': write,
  'GET /v1/customers/{id}/kyc': read,
  'POST /v1/customers/{id}/kyc': write,
  'POST /v1/customers/{id}/republish': operate,
  'GET /v1/customer-balances': listOwn,

  'GET /v1/calendars': readAll,
  'GET /v1/calendars/{name}': readAll,
  'PUT /v1/calendars/{name}': administer,
  'GET /v1/products': readAll,
  'POST /v1/products': administer,
  'GET /v1/products/{code}': readAll,
  'POST /v1/quotes': readAll,
  'POST /v1/eligibility': {
    staff: readers,
    customer: ({ customers }) => ({ ...application, customer_id: customers }),
  },

  'GET /v1/loans': listOwn,
  'POST /v1/loans': { staff: desk, customer: ({ customers }) => ({ ...application, customer_id: customers }) },
  'GET /v1/loans/{id}': readOwn,
  'GET /v1/loans/{id}/schedule': readOwn,
  'GET /v1/loans/{id}/outstanding': readOwn,
  'GET /v1/loans/{id}/delinquency': readOwn,
  'GET /v1/loans/{id}/events': readOwn,
  'GET /v1/loans/{id}/statement': readOwn,
  'GET /v1/loans/{id}/explain': readOwn,
  'GET /v1/loans/{id}/payoff-quote': readOwn,
  'GET /v1/loans/{id}/proof': readOwn,
  'GET /v1/loans/{id}/score': read,
  'POST /v1/loans/{id}/approve': write,
  'POST /v1/loans/{id}/reject': write,
  'POST /v1/loans/{id}/cancel': write,
  'POST /v1/loans/{id}/disbursements': write,
  'POST /v1/loans/{id}/charges': write,
  'POST /v1/loans/{id}/waivers': write,
  'POST /v1/loans/{id}/write-off': write,
  'POST /v1/loans/{id}/recoveries': write,
  'POST /v1/loans/{id}/rate-changes': write,
  'POST /v1/loans/{id}/restructure': write,
  'POST /v1/loans/{id}/payment-holidays': write,
  'POST /v1/loans/{id}/re-age': write,
  'POST /v1/loans/{id}/prepay': write,
  'POST /v1/loans/{id}/top-up': write,
  'POST /v1/loans/{id}/simulate': write,
  'POST /v1/loans/{id}/delinquency-pauses': write,
  'POST /v1/loans/{id}/delinquency-pauses/resume': write,
  'POST /v1/loans/republish': operate,

  'GET /v1/imports': read,
  'POST /v1/imports': write,
  'GET /v1/imports/{id}': read,
  'GET /v1/imports/{id}/rows': read,
  'GET /v1/imports/{id}/errors': read,
  'POST /v1/end-of-day': operate,
  'GET /v1/end-of-day/{date}': read,
  'GET /v1/journal-roots': audit,
  'GET /v1/audit': audit,
  'GET /v1/periods': read,
  'POST /v1/periods/{month}/close': administer,
  'GET /v1/reports/trial-balance': read,
  'GET /v1/notifications': watch,
  'GET /v1/webhooks': watch,
  'POST /v1/webhooks': administer,
  'GET /v1/webhooks/{id}': watch,
  'PATCH /v1/webhooks/{id}': administer,
  'DELETE /v1/webhooks/{id}': administer,
  'POST /v1/webhooks/{id}/rotate-secret': administer,
  'POST /v1/webhooks/{id}/test': administer,
  'POST /v1/webhooks/{id}/replay': administer,
  'GET /v1/webhooks/{id}/deliveries': watch,
  'GET /v1/webhooks/{id}/deliveries/{delivery_id}': watch,
  'POST /v1/webhooks/{id}/deliveries/{delivery_id}/replay': administer,
  'GET /v1/billing/dead-letters': watch,
  'POST /v1/billing/dead-letters': administer,
  'GET /v1/billing/dead-letters/{id}': watch,
  'POST /v1/billing/dead-letters/{id}/replay': administer,
  'POST /v1/billing/dead-letters/{id}/discard': administer,
  'GET /transactions/{customerNumber}': tokenless,

  'GET /v1/payments': listOwn,
  'POST /v1/payments': {
    staff: desk,
    customer: ({ customers }) => ({ customer_id: customers, amount: week }),
  },
  'GET /v1/payments/{id}': readOwn,
  'POST /v1/payments/{id}/reverse': write,
  'POST /v1/payments/{id}/chargeback': write,
  'POST /v1/payments/bulk': write,
  'GET /v1/payments/bulk': read,
  'GET /v1/payments/bulk/{id}': read,
  'GET /v1/payments/bulk/{id}/rows': read,
  'GET /v1/payments/bulk/{id}/errors': read,
  'GET /v1/customers/{id}/payments': readOwn,
  'GET /v1/customers/{id}/refunds': readOwn,
  'POST /v1/customers/{id}/refunds': write,
  'POST /v1/gateway/{provider}/webhooks': tokenless,
  'GET /v1/reconciliation': watch,
  'POST /v1/reconciliation/heal': administer,
  'GET /v1/payment/audit': audit,
  'GET /v1/payment/dead-letters': watch,
  'POST /v1/payment/dead-letters': administer,
  'GET /v1/payment/dead-letters/{id}': watch,
  'POST /v1/payment/dead-letters/{id}/replay': administer,
  'POST /v1/payment/dead-letters/{id}/discard': administer,

  'GET /internal/v1/applied-credits': betweenServices,
  'GET /internal/v1/decided-refunds': betweenServices,
  'GET /internal/v1/imported-payments': betweenServices,
  'POST /internal/v1/references': betweenServices,
};
