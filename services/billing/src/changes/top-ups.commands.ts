import type { LocalDate } from '@tenor/calendar';
import { loanRepaid, type Refusal } from '@tenor/contracts';
import { type Money, parseAmount } from '@tenor/money';
import { isRefusal, newId, type UnitOfWork } from '@tenor/service-kit';
import { findClosedDays } from '../calendars/calendars.store.ts';
import { readMoney } from '../customers/money-input.ts';
import { lotIdOf } from '../loans/fold-order.ts';
import type { LoanState } from '../loans/loan.ts';
import {
  type CustomerBook,
  historyOf,
  type LoanBook,
  newBook,
  openBooks,
  record,
  saveBooks,
} from '../loans/loan-books.commands.ts';
import { repaidData } from '../loans/loan-messages.ts';
import { findLoanKey, openLoanCounts, registerLoans, standingOf } from '../loans/loan-reads.store.ts';
import { noLoan } from '../loans/loan-views.store.ts';
import { type Done, type LoanService, recordAll } from '../loans/loans.commands.ts';
import { kycRequired } from '../loans/new-loans.commands.ts';
import { outstanding } from '../loans/outstanding.ts';
import { isScoredOutside } from '../products/policy.ts';
import { productsFor } from '../products/products.store.ts';
import { termsFromJson } from '../products/terms-json.ts';
import { insertUse } from '../repayments/credit-uses.store.ts';
import { type Desk, nothingDone, saveDesk, tellMoved, tellPaid } from '../repayments/desk.commands.ts';
import type { TopUpBody } from './changes.schemas.ts';
import { decideTopUp, type ToppedUp, type TopUp } from './top-up.ts';

/**
 * Pays a loan off by a new one, both in one unit of work under their customer's lock; the new loan is answered with.
 * Refuses `validation_failed`, `not_found`, `product_not_valid`, `already_exists`, `kyc_required` for a
 * product that is scored outside, and what `decideTopUp` refuses.
 */
export async function topUpLoan(
  uow: UnitOfWork,
  service: LoanService,
  loanId: string,
  body: TopUpBody,
): Promise<Done | Refusal> {
  const principal = readMoney(body.principal, '/principal');
  if (isRefusal(principal)) return principal;
  const key = await findLoanKey(uow, loanId);
  if (key === undefined) return noLoan(loanId);
  const books = await openBooks(uow, [key.customerId], async () => [key.loanId]);
  const own = books.customers.get(key.customerId);
  const old = own?.loans.get(key.loanId);
  if (own === undefined || old?.state === undefined) return noLoan(loanId);
  const { state } = old;
  const topUp = requested(body, principal);
  const today = service.today(state.policy.timeZone);
  const context = await contextOf(uow, service, { customer: own.customer, old: state, body, today });
  const decided = isRefusal(context) ? context : decideTopUp(state, topUp, context, today, await historyOf(uow, old));
  if (isRefusal(decided)) return decided;
  const { customerId } = key;
  const newKey = { loanId: topUp.loanId, customerId, externalId: topUp.externalId };
  if (!(await registerLoans(uow, [newKey])).has(topUp.loanId)) {
    return { refused: 'already_exists', detail: 'A loan with this external_id exists already.' };
  }
  const opened = newBook(uow, newKey);
  own.loans.set(topUp.loanId, opened);
  const knownAt = await recordAll(uow, service, opened, decided.opening, books.now);
  const work = { uow, ...nothingDone() };
  await payOff({ ...work, book: own, now: books.now, today: service.today(null) }, old, decided, topUp.useId);
  saveBooks(uow, books, ({ policy }) => service.today(policy.timeZone));
  saveDesk(work);
  const { code } = state.product;
  uow.afterCommit(() => service.countOpened(body.product ?? code, principal.currency, principal.minor));
  const asOf = service.today(opened.state?.policy.timeZone ?? null);
  const reference = { loan_id: topUp.loanId, customer_id: customerId, known_at: knownAt, as_of: asOf };
  return { reference, states: [opened, old].flatMap((book) => book.state ?? []) };
}

function requested(body: TopUpBody, principal: Money): TopUp {
  return {
    loanId: newId(),
    useId: newId(),
    externalId: body.external_id ?? null,
    principal,
    terms: termsFromJson(body.terms ?? {}),
    disbursedOn: null,
    acceptsCorrectedRate: false,
    strategy: body.strategy ?? null,
  };
}

interface Asked {
  readonly customer: CustomerBook['customer'];
  readonly old: LoanState;
  readonly body: TopUpBody;
  /** In the time zone of the old loan. */
  readonly today: LocalDate;
}

/**
 * What the new loan is decided by, as if the old one were paid already. Its day is the old loan's at the latest, since
 * what it pays out has to be there on the day on which it pays the old one.
 */
async function contextOf(uow: UnitOfWork, service: LoanService, { customer, old, body, today }: Asked) {
  const code = body.product ?? old.product.code;
  const dayIn = (timeZone: string | null): LocalDate => {
    const local = service.today(timeZone);
    return local < today ? local : today;
  };
  const [product] = await productsFor(uow, [{ code, on: null }], dayIn);
  if (product === undefined) throw new Error(`the product ${code} was not looked for`);
  if (isRefusal(product)) return product;
  if (isScoredOutside(product.policy)) return kycRequired(code);
  const currency = customer.creditLimit?.currency ?? old.currency;
  const [calendars, standing, openLoansOf] = await Promise.all([
    findClosedDays(uow, [product.terms.calendar, body.terms?.calendar]),
    standingOf(uow, customer.id, currency),
    openLoanCounts(uow, [{ customerId: customer.id, product: code }]),
  ]);
  const businessDate = dayIn(product.policy.timeZone);
  const replaced = currency === old.currency ? outstanding(old, businessDate).principal : 0n;
  return {
    customer,
    product,
    calendars,
    businessDate,
    exposure: standing.exposure - replaced,
    credit: null,
    openLoans: openLoansOf(customer.id, code) - (code === old.product.code ? 1 : 0),
  };
}

/** The new loan's money pays the old loan as credit of the customer that is there for nothing else. */
async function payOff(desk: Desk, loan: LoanBook, { payment, payoff }: ToppedUp, useId: string): Promise<void> {
  const before = loan.state;
  const paid = await record(desk.uow, loan, payment, desk.now);
  const ended = await record(desk.uow, loan, payoff, desk.now);
  const { state, effects } = ended;
  const effect = effects.find(({ event }) => lotIdOf(event) === useId);
  if (effect?.event.type !== 'credit_used') throw new Error(`The top-up left no effect on the loan ${loan.loanId}`);
  const { currency, loanId, customerId } = state;
  const amount = parseAmount(effect.event.payload.amount, currency);
  if (typeof amount !== 'bigint') throw new Error(`A payoff is no amount of ${currency}`);
  const changed = new Set(state.instalments.map(({ number }) => number));
  const message = { state, changed, paymentId: useId, effect };
  loan.publisher.publish(loanRepaid, repaidData(message, false));
  const { applied, excess: credited, event } = effect;
  const { valueDate } = event;
  const use = { customerId, id: useId, loanId, currency, amount, applied, credited, valueDate };
  insertUse(desk.uow, { ...use, recordedAt: paid.event.recordedAt });
  tellMoved(desk, loan, paid, useId);
  tellMoved(desk, loan, ended, useId);
  tellPaid(loan, before, ended);
}
