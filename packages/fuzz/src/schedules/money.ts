import { formatAmount, parseAmount } from '@tenor/money';
import { loanKinds } from './loan-kinds.ts';
import { type Scene, send } from './scene.ts';

interface MoneyJson {
  readonly amount: string;
  readonly currency: string;
}
interface PaymentJson {
  readonly status: string;
  readonly amount: MoneyJson;
}
interface RefundJson extends PaymentJson {}
interface LoanJson {
  readonly status: string;
  readonly total: MoneyJson;
  readonly outstanding: MoneyJson;
}
interface BalanceJson {
  readonly credit: string;
  readonly shortfall: string;
}

const LIMIT = '200';

/**
 * What both services tell of the customer's money, held together once the topics are drained: what applied payments
 * brought was paid to loans, is credit, or was refunded; and there is never less than no credit.
 */
export async function faultsOfMoney(scene: Scene): Promise<string[]> {
  const [payments, refunds, loans] = await Promise.all([
    listOf<PaymentJson>(scene, '/v1/customers/{id}/payments'),
    listOf<RefundJson>(scene, '/v1/customers/{id}/refunds'),
    listOf<LoanJson>(scene, '/v1/customers/{id}/loans'),
  ]);
  const currencies = new Set(scene.loans.map(({ kind }) => loanKinds[kind].currency));
  const faults = [...currencies].map(async (currency) => {
    const query = { currency };
    const { body } = await send(scene, 'GET', '/v1/customers/{id}/balance', {
      params: { id: scene.customerId },
      query,
    });
    const balance = body as BalanceJson;
    const [credit, shortfall] = [minor(balance.credit, currency), minor(balance.shortfall, currency)];
    const ours = ({ amount }: PaymentJson) => amount.currency === currency;
    const brought = sumOf(payments.filter(ours).filter(({ status }) => status === 'applied'));
    const refunded = sumOf(refunds.filter(ours).filter(({ status }) => ['authorised', 'paid_out'].includes(status)));
    const onLoans = loans
      .filter(({ total, status }) => total.currency === currency && ['active', 'paid'].includes(status))
      .reduce((sum, { total, outstanding }) => sum + minorOf(total) - minorOf(outstanding), 0n);
    const kept = onLoans + credit - shortfall + refunded;
    const told = Object.entries({ brought, onLoans, credit, shortfall, refunded })
      .map(([name, amount]) => `${name} ${formatAmount(amount, currency)}`)
      .join(', ');
    return [
      ...(brought === kept ? [] : [`money is lost or made in ${currency}: ${told}`]),
      ...(credit >= 0n && shortfall >= 0n && (credit === 0n || shortfall === 0n) ? [] : [`no such credit: ${told}`]),
    ];
  });
  return (await Promise.all(faults)).flat();
}

/** The schedules are too short for a second page. */
async function listOf<Item>(scene: Scene, template: string): Promise<Item[]> {
  const { status, body } = await send(scene, 'GET', template, {
    params: { id: scene.customerId },
    query: { limit: LIMIT },
  });
  const { data, next_cursor: next } = body as { data: Item[]; next_cursor: string | null };
  if (status !== 200 || next !== null) throw new Error(`${template} answered ${status}: ${JSON.stringify(body)}`);
  return data;
}

const minorOf = ({ amount, currency }: MoneyJson): bigint => minor(amount, currency);
const sumOf = (some: readonly PaymentJson[]): bigint => some.reduce((sum, { amount }) => sum + minorOf(amount), 0n);

function minor(text: string, currency: string): bigint {
  const amount = parseAmount(text, currency);
  if (typeof amount !== 'bigint') throw new Error(`${text} ${currency} is no amount: ${amount}`);
  return amount;
}
