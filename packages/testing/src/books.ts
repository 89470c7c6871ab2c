/** What each live payment, use of credit and recovery brought above its loan's debt. */
const lots = `
  with lots as (
    select customer_id, payment_id as lot_id, loan_id, currency, credited from billing.applied_payments p
     where kind = 'payment' and not exists (
       select from billing.applied_payments r
        where r.customer_id = p.customer_id and r.payment_id = p.payment_id and r.loan_id = p.loan_id
          and r.kind = 'reversal')
    union all
    select customer_id, id, loan_id, currency, credited from billing.credit_uses
    union all
    select customer_id, id, loan_id, currency, credited from billing.recoveries)`;

/**
 * What must hold between and within the two services' tables once the topics are drained. Each statement gives the rows
 * that break its rule: none, in a sound system. Only a test may look into both schemas at once.
 */
export const contradictions: Readonly<Record<string, string>> = {
  'each part of a payment is the same in both books': `
    select customer_id, payment_id, loan_id, p.applied as p_applied, b.applied as b_applied,
           p.credited as p_credited, b.credited as b_credited
      from (select * from payment.payment_allocations where applied + credited > 0) p
      full join (select * from billing.applied_payments
                  where kind = 'payment' and applied + credited > 0 and not imported) b
        using (customer_id, payment_id, loan_id)
     where (p.applied, p.credited) is distinct from (b.applied, b.credited)`,

  'a settled payment is applied or credited in full, any other not at all': `
    select p.id, p.status, p.amount, p.applied, p.credited, sum(b.applied + b.credited) as in_billing
      from payment.payments p
      left join billing.applied_payments b
        on b.customer_id = p.customer_id and b.payment_id = p.id and b.kind = 'payment'
     group by p.customer_id, p.id
    having case when p.status in ('pending', 'failed', 'rejected') then count(b.payment_id) > 0 or p.applied + p.credited > 0
             else p.amount <> p.applied + p.credited or p.amount is distinct from sum(b.applied + b.credited) end`,

  'billing applied no payment that payment does not have': `
    select b.customer_id, b.payment_id from billing.applied_payments b
     where not b.imported
       and not exists (select from payment.payments p where p.customer_id = b.customer_id and p.id = b.payment_id)`,

  'a reversal takes back exactly what its payment did': `
    select customer_id, payment_id, loan_id, p.applied, p.credited, r.applied as back, r.credited as credit_back
      from (select b.* from billing.applied_payments b
              join payment.payments p on p.customer_id = b.customer_id and p.id = b.payment_id
             where b.kind = 'payment' and p.status = 'reversed') p
      full join (select * from billing.applied_payments where kind = 'reversal' and applied + credited > 0) r
        using (customer_id, payment_id, loan_id)
     where (p.applied, p.credited) is distinct from (r.applied, r.credited)`,

  'the parts of a reversed payment are back, and no others': `
    select payment_id, loan_id, p.status, a.reversed from payment.payment_allocations a
      join payment.payments p on p.customer_id = a.customer_id and p.id = a.payment_id
     where a.reversed <> (p.status = 'reversed' and a.applied + a.credited > 0)`,

  'payment knows every loan as billing keeps it': `
    with owed as (
      select l.customer_id, l.id, l.status, l.currency, l.outstanding, l.event_sequence, l.disbursed_on,
             array_agg(i.due_date order by i.number) as due_dates,
             array_agg(i.asked_principal - i.paid_principal + i.asked_interest - i.paid_interest
                       + i.asked_fee - i.paid_fee + i.asked_penalty - i.paid_penalty order by i.number) as unpaid
        from billing.loans l
        join billing.instalments i on i.customer_id = l.customer_id and i.loan_id = l.id
         and i.version = l.schedule_version
       group by l.customer_id, l.id)
    select b.id, a.loan_id, b.unpaid as b_unpaid, a.unpaid as a_unpaid, b.outstanding as b_out, a.outstanding as a_out
      from owed b
      full join payment.loan_accounts a on a.customer_id = b.customer_id and a.loan_id = b.id
     where (b.status, b.currency, b.outstanding, b.event_sequence, b.disbursed_on, b.due_dates, b.unpaid) is distinct
        from (a.status, a.currency, a.outstanding, a.last_sequence, a.disbursed_on, a.due_dates, a.unpaid)`,

  'payment knows every customer as billing keeps it': `
    select b.id, p.id as known, b.event_sequence, p.last_sequence from billing.customers b
      full join payment.customers p on p.id = b.id
     where (b.external_ref, b.status, b.event_sequence) is distinct from (p.external_ref, p.status, p.last_sequence)`,

  'instalments sum to what the loan says': `
    select l.id from billing.loans l
      left join billing.instalments i on i.customer_id = l.customer_id and i.loan_id = l.id
       and i.version = l.schedule_version
     group by l.customer_id, l.id
    having (l.total, l.outstanding_principal, l.outstanding) is distinct from (
             sum(i.asked_principal + i.asked_interest + i.asked_fee + i.asked_penalty),
             sum(case when l.status in ('active', 'paid') then i.asked_principal - i.paid_principal else 0 end),
             sum(case when l.status in ('active', 'paid') then
                        i.asked_principal - i.paid_principal + i.asked_interest - i.paid_interest
                        + i.asked_fee - i.paid_fee + i.asked_penalty - i.paid_penalty else 0 end))`,

  'each refund is the same in both books': `
    select customer_id, id, p.status as p_status, b.status as b_status from payment.refunds p
      full join billing.refunds b using (customer_id, id)
     where (p.status, p.amount, p.currency) is distinct from (b.status, b.amount, b.currency)`,

  'a refund that was not refused took its amount from lots, and a failed or returned one gave it back': `
    select r.id, r.status, r.amount, sum(s.amount) as spent from billing.refunds r
      left join billing.spent_credits s on s.customer_id = r.customer_id and s.spending_id = r.id
     group by r.customer_id, r.id
    having coalesce(sum(s.amount), 0) <> case r.status when 'refused' then 0 else r.amount end
        or coalesce(bool_or((s.returned_at is not null) <> (r.status in ('failed', 'returned'))), false)`,

  'a use took its amount from lots': `
    select u.id, u.amount, sum(s.amount) as spent from billing.credit_uses u
      left join billing.spent_credits s on s.customer_id = u.customer_id and s.spending_id = u.id
     group by u.customer_id, u.id having u.amount is distinct from sum(s.amount)`,

  'no lot is spent beyond what its payment or use left, while that stands': `${lots}
    select l.lot_id, l.loan_id, l.credited, sum(s.amount) as spent from lots l
      join billing.spent_credits s on s.customer_id = l.customer_id and s.lot_id = l.lot_id and s.loan_id = l.loan_id
     where s.returned_at is null group by l.customer_id, l.lot_id, l.loan_id, l.credited having sum(s.amount) > l.credited`,

  'credit is what live payments and uses left, less what was spent, also of payments taken back': `${lots}
    select customer_id, currency, moved.amount, c.balance
      from (select customer_id, currency, sum(amount) as amount
              from (select customer_id, currency, credited as amount from lots
                    union all
                    select customer_id, currency, -amount from billing.spent_credits where returned_at is null) each
             group by 1, 2) moved
      full join billing.customer_credits c using (customer_id, currency)
     where coalesce(moved.amount, 0) <> coalesce(c.balance, 0)`,

  'what live payments and recoveries brought is on the loans, is credit, or was refunded': `
    select customer_id, currency, sum(brought) as brought, sum(kept) as kept
      from (select customer_id, currency, amount as brought, 0 as kept from payment.payments where status = 'applied'
            union all
            select customer_id, currency, amount, 0 from billing.recoveries
            union all
            select customer_id, currency, paid, 0 from billing.imported_loans
            union all
            select customer_id, currency, 0, (changes->'writtenOff'->>'recovered')::bigint from billing.loans
             where changes->'writtenOff'->>'recovered' is not null
            union all
            select l.customer_id, l.currency, 0, i.paid_principal + i.paid_interest + i.paid_fee + i.paid_penalty
              from billing.loans l join billing.instalments i
                on i.customer_id = l.customer_id and i.loan_id = l.id and i.version = l.schedule_version
            union all
            select customer_id, currency, 0, balance from billing.customer_credits
            union all
            select customer_id, currency, 0, amount from payment.refunds where status in ('authorised', 'paid_out')) each
     group by 1, 2 having sum(brought) <> sum(kept)`,

  'the credit of loans, and what no loan took, is their customer’s': `${lots},
    no_loan as (select '00000000-0000-0000-0000-000000000000'::uuid as id)
    select customer_id, currency, l.credited, c.balance
      from (select customer_id, currency, sum(credited) as credited
              from (select customer_id, currency, credited from billing.loans
                    union all
                    select customer_id, currency, credited from lots join no_loan on lots.loan_id = no_loan.id
                    union all
                    select customer_id, currency, -amount from billing.spent_credits s
                      join no_loan on s.loan_id = no_loan.id where returned_at is null) each
             group by 1, 2) l
      full join billing.customer_credits c using (customer_id, currency)
     where coalesce(l.credited, 0) <> coalesce(c.balance, 0)`,
};

/** Debits less credits of every account, loan by loan. */
const balances = `
  with balances as (
    select customer_id, loan_id, currency, account, sum(amount) as balance
      from (select customer_id, loan_id, currency, debit as account, amount from billing.ledger_postings
            union all
            select customer_id, loan_id, currency, credit, -amount from billing.ledger_postings) sides
     group by 1, 2, 3, 4)`;

/** The same of the ledger. */
export const ledgerContradictions: Readonly<Record<string, string>> = {
  'the trial balance is zero in each currency': `${balances}
    select currency, sum(balance) as off from balances group by currency having sum(balance) <> 0`,

  'every row moves an amount above zero from one account to another, in the currency of its loan': `
    select e.loan_id from billing.ledger_postings e
      left join billing.loans l on l.customer_id = e.customer_id and l.id = e.loan_id
     where e.amount <= 0 or e.debit = e.credit
        or (e.currency is distinct from l.currency and e.loan_id <> '00000000-0000-0000-0000-000000000000')`,

  'loan_principal is the outstanding principal of each loan': `${balances}
    select l.id, l.outstanding_principal from billing.loans l
      left join balances b on b.customer_id = l.customer_id and b.loan_id = l.id and b.account = 'loan_principal'
     where l.outstanding_principal <> coalesce(b.balance, 0)`,

  'income less what is receivable, waived and written off of it is what was paid, of each loan and component': `
    with moved as (
      select customer_id, loan_id, component,
             sum(case when credit like '%_income' then amount else 0 end
                 - case when debit like '%_income' then amount else 0 end
                 + case when credit ~ '_receivable$|_expense$' then amount else 0 end
                 - case when debit ~ '_receivable$|_expense$' then amount else 0 end) as amount
        from billing.ledger_postings where instalment is not null and component in ('interest', 'fee', 'penalty')
       group by 1, 2, 3),
    paid as (
      select customer_id, loan_id, component, sum(amount) as amount
        from billing.instalments
       cross join lateral (values ('interest', paid_interest), ('fee', paid_fee), ('penalty', paid_penalty))
          as parts (component, amount)
       group by 1, 2, 3)
    select loan_id, component, p.amount as paid, m.amount as in_ledger from paid p
      full join moved m using (customer_id, loan_id, component)
     where coalesce(p.amount, 0) <> coalesce(m.amount, 0)`,

  'nothing is receivable of a loan that has ended, or whose income is what was paid': `${balances}
    select l.id, b.account, b.balance from billing.loans l
      join balances b on b.customer_id = l.customer_id and b.loan_id = l.id and b.account like '%_receivable'
     where b.balance <> 0 and (l.status <> 'active' or l.policy->>'accrual' = 'cash')`,

  'no row came into a month after it was closed, and none is booked before its value date': `
    select e.loan_id, e.value_date, e.booked_on, p.closed_at from billing.ledger_postings e
      left join billing.periods p on p.month = date_trunc('month', e.booked_on)::date
     where e.booked_on < e.value_date or e.recorded_at > p.closed_at`,

  'customer_credit is the customer’s credit': `${balances}
    select customer_id, currency, b.credit, c.balance
      from (select customer_id, currency, -sum(balance) as credit from balances
             where account = 'customer_credit' group by 1, 2) b
      full join billing.customer_credits c using (customer_id, currency)
     where coalesce(b.credit, 0) <> coalesce(c.balance, 0)`,

  'refund_payable is what is authorised and not paid out yet': `${balances}
    select currency, payable.balance, due.amount
      from (select currency, -sum(balance) as balance from balances where account = 'refund_payable' group by 1) payable
      full join (select currency, sum(amount) as amount from payment.refunds where status = 'authorised' group by 1) due
        using (currency)
     where coalesce(payable.balance, 0) <> coalesce(due.amount, 0)`,

  'cash_clearing is what live payments and recoveries brought, less what was paid out': `${balances}
    select currency, cash.balance, moved.amount
      from (select currency, sum(balance) as balance from balances where account = 'cash_clearing' group by 1) cash
      full join (select currency, sum(amount) as amount
                   from (select currency, amount from payment.payments where status = 'applied'
                         union all select currency, -principal from billing.loans where disbursed_on is not null
                         union all select currency, amount from billing.recoveries
                         union all select currency, paid from billing.imported_loans
                         union all select currency, -amount from payment.refunds where status = 'paid_out') each
                  group by 1) moved using (currency)
     where coalesce(cash.balance, 0) <> coalesce(moved.amount, 0)`,
};

/** What must have come to rest, as numbers that are all zero. */
export const unrest = `
  select (select count(*) from billing.outbox) + (select count(*) from payment.outbox) as outbox,
         (select count(*) from billing.dead_letters) + (select count(*) from payment.dead_letters) as dead_letters,
         (select count(*) from payment.payments where status in ('pending', 'settled')) as unsettled,
         (select count(*) from payment.payments where status not in ('rejected', 'failed') and not answered) as unanswered,
         (select count(*) from payment.payments where reversal_unanswered) as unanswered_reversals,
         (select count(*) from payment.refunds where status in ('requested', 'authorised')) as open_refunds,
         (select count(*) from payment.provider_calls where concluded_at is null) as open_calls,
         (select count(*) from payment.payment_allocations where in_flight) as in_flight`;

/**
 * Lets the time pass after which a provider is asked once more for calls that it refused: a refusal that another attempt
 * may contradict stands only after a quarter of an hour. Tells which calls of any kind are open still.
 */
export const letRefusalsStand = `
  with asked as (
    update payment.provider_calls set next_poll_at = clock_timestamp()
     where concluded_at is null and refusal_code is not null and next_poll_at is not null)
  select id from payment.provider_calls where concluded_at is null`;

/** Everything that a replay of the topics must leave as it is. */
export const durableTables = [
  'billing.customers',
  'billing.loans',
  'billing.instalments',
  'billing.loan_events',
  'billing.ledger_entries',
  'billing.ledger_runs',
  'billing.imported_loans',
  'billing.applied_payments',
  'billing.customer_credits',
  'billing.credit_uses',
  'billing.refunds',
  'billing.spent_credits',
  'payment.customers',
  'payment.payments',
  'payment.payment_allocations',
  'payment.loan_accounts',
  'payment.refunds',
  'payment.provider_calls',
] as const;

/** What a replay builds anew, without the time of receipt. */
export const consumedTables = [
  '(select consumer, event_id from billing.inbox)',
  '(select consumer, event_id from payment.inbox)',
  'billing.consumer_progress',
  'payment.consumer_progress',
] as const;
