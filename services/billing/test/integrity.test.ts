import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { topics } from '@tenor/contracts';
import { signingKey } from '@tenor/service-kit';
import { eventually, readTopic } from '@tenor/testing';
import { signDailyRoot } from '../src/integrity/daily-root.commands.ts';
import type { Finding } from '../src/integrity/finding.ts';
import { hashOf, type JournalRow } from '../src/loans/journal.store.ts';
import { verifyBilling } from '../src/verify-journal.ts';
import { type BillingTest, type Published, settled, startBillingTest } from './harness.ts';

const pem = (): string => generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const INTEGRITY_KEY = pem();
const key = signingKey(INTEGRITY_KEY);
const tables = ['loans', 'loan_events', 'ledger_entries', 'journal_roots', 'journal_root_heads'];

describe('the integrity of all journals', () => {
  let billing: BillingTest;
  beforeAll(async () => {
    billing = await startBillingTest('integrity', { INTEGRITY_KEY });
  });
  afterAll(() => billing.stop());

  async function paidLoan(): Promise<string> {
    const customerId = await billing.customer();
    const { id } = await billing.loan(customerId, { disbursed_on: '2026-05-01' });
    await billing.apply(settled({ customerId, amount: '44000.00' }));
    return id;
  }
  /** Changes what nothing but a database administrator can. */
  async function tamper(text: string, values: unknown[] = []): Promise<void> {
    for (const table of tables) await billing.rows(`alter table ${table} disable trigger all`);
    await billing.rows(text, values);
    for (const table of tables) await billing.rows(`alter table ${table} enable trigger all`);
  }
  /** Forges the payment and makes all hashes fit, the head's too. */
  async function recompute(loanId: string): Promise<void> {
    let previous = '0'.repeat(64);
    for (const stored of await journalOf(loanId)) {
      const row = { ...stored, payload: stored.payload.replace('44000', '44001'), prev_hash: previous };
      previous = hashOf(row);
      const text = 'update loan_events set payload = $3, prev_hash = $4, hash = $5 where loan_id = $1 and seq = $2';
      await tamper(text, [loanId, row.seq, row.payload, row.prev_hash, previous]);
    }
    await billing.rows('update loans set head_hash = $2 where id = $1', [loanId, previous]);
  }
  /** As the service reads it. */
  const journalOf = async (loanId: string): Promise<JournalRow[]> =>
    billing.database.query<JournalRow>(
      { name: 'test_journal', text: 'select * from loan_events where loan_id = $1 order by seq' },
      [loanId],
    );
  const proof = async (loanId: string) => (await billing.get(`/v1/loans/${loanId}/proof`)).body;
  const names = async (loanId: string) => {
    const { findings } = await proof(loanId);
    return (findings as unknown as Finding[]).map(({ name, seq, day }) => [name, seq, day]);
  };
  const verify = async (config: object = {}) => {
    const found: Finding[] = [];
    const verified = await verifyBilling({ ...billing.config, ...config }, (finding) => void found.push(finding));
    expect(verified.findings).toBe(found.length);
    return { ...verified, found };
  };
  const namesByAll = async (loan: string) =>
    (await verify()).found.flatMap(({ name, loanId, seq, day }) => (loanId === loan ? [[name, seq, day]] : []));
  let days = 0;
  /** Signs all that is recorded, as on the next day. */
  async function signNextDay(): Promise<string> {
    days += 1;
    await billing.rows(
      'insert into journal_roots (day, known_at) values (current_date + $1::integer, clock_timestamp())',
      [days],
    );
    const signed = await signDailyRoot(billing.database, key);
    if (signed === undefined) throw new Error('nothing was signed');
    return signed.day;
  }

  test('is signed once a day by whoever comes first, published and verified', async () => {
    const [loan = ''] = [await paidLoan(), await paidLoan(), await paidLoan()];
    expect(await proof(loan)).toMatchObject({ chain_verified: true, findings: [], signed_on: null });
    await eventually(async () => {
      const [newest] = await billing.rows<{ isOld: boolean }>(
        `select max(recorded_at) < clock_timestamp() - interval '5 s' as "isOld" from loan_events`,
      );
      if (newest?.isOld !== true) throw new Error('what was recorded is too young');
    });
    const racing = await Promise.all([signDailyRoot(billing.database, key), signDailyRoot(billing.database, key)]);
    expect(racing.filter((signed) => signed !== undefined)).toHaveLength(1);
    expect(await signDailyRoot(billing.database, key)).toBeUndefined();
    const { data } = (await billing.get('/v1/journal-roots', { role: 'auditor' })).body;
    expect(data).toMatchObject([{ loans: 3, previous_signature: null, public_key: key.publicKey }]);
    const day = data[0]?.['day'];
    expect(await proof(loan)).toMatchObject({ chain_verified: true, findings: [], signed_on: day });
    expect(await verify()).toEqual({ loans: 3, roots: 1, findings: 0, found: [] });
    const topic = `${billing.tenant.topicPrefix}${topics.integrity}`;
    const events = await eventually(async () => {
      const messages = await readTopic(billing.tenant.brokers, topic);
      if (messages.length === 0) throw new Error('nothing was published');
      return messages;
    });
    const published = events.map(({ key: messageKey, value }) => ({ messageKey, event: value as Published }));
    expect(published).toMatchObject([
      { messageKey: day, event: { type: 'journal.root_signed', subject: day, sequence: 1, data: data[0] ?? {} } },
    ]);
  });

  test('goes on from day to day: a loan that nothing happened to is signed again, its head not kept again', async () => {
    const loan = await paidLoan();
    const first = await signNextDay();
    const second = await signNextDay();
    const { data } = (await billing.get('/v1/journal-roots?limit=2', { role: 'auditor' })).body;
    const [newer, older] = data;
    expect([newer?.['day'], older?.['day'], newer?.['previous_signature']]).toEqual([
      second,
      first,
      older?.['signature'],
    ]);
    expect(newer?.['root']).toBe(older?.['root']);
    const kept = await billing.rows<{ day: string }>('select day::text from journal_root_heads where loan_id = $1', [
      loan,
    ]);
    expect(kept).toEqual([{ day: first }]);
    expect(await verify()).toMatchObject({ findings: 0 });
  });

  test.each([
    { query: '?limit=0', role: 'auditor', answer: [400, 'validation_failed'] },
    { query: '?cursor=x', role: 'auditor', answer: [400, 'validation_failed'] },
    { query: '?day=2026-01-08', role: 'auditor', answer: [400, 'validation_failed'] },
    { query: '', role: 'officer', answer: [403, 'forbidden'] },
    { query: '', role: null, answer: [401, 'unauthenticated'] },
  ])('the list of roots$query answers a $role with $answer', async ({ query, role, answer }) => {
    const { status, body } = await billing.get(`/v1/journal-roots${query}`, { role });
    expect([status, body.code]).toEqual(answer);
  });

  test('a page of roots goes on where the one before ended', async () => {
    await signNextDay();
    const all = (await billing.get('/v1/journal-roots', { role: 'admin' })).body.data;
    const first = (await billing.get('/v1/journal-roots?limit=1', { role: 'admin' })).body;
    const next = (await billing.get(`/v1/journal-roots?cursor=${first.next_cursor}`, { role: 'admin' })).body;
    expect([...first.data, ...next.data]).toEqual(all);
  });

  // Each row has opened, approved, disbursed and repaid, the fourth.
  test.each([
    {
      what: 'a changed amount',
      edit: `update loan_events set payload = replace(payload, '44000', '44001') where loan_id = $1 and seq = 4`,
      found: [['row_changed', 4, null]],
    },
    {
      what: 'a changed date',
      edit: 'update loan_events set value_date = value_date - 1 where loan_id = $1 and seq = 3',
      found: [['row_changed', 3, null]],
    },
    {
      what: 'a row deleted inside',
      edit: 'delete from loan_events where loan_id = $1 and seq = 2',
      found: [['row_deleted', 2, null]],
    },
    {
      what: 'a changed projection',
      edit: 'update loans set paid_principals[1] = 1 where id = $1',
      found: [['projection_differs', null, null]],
    },
    {
      what: 'a changed ledger',
      edit: 'update ledger_entries set amount = amount + 1 where loan_id = $1',
      found: [['ledger_differs', null, null]],
    },
  ])('$what is found by name, by the proof of the loan and by the verification of all', async ({ edit, found }) => {
    const loan = await paidLoan();
    await tamper(edit, [loan]);
    expect(await names(loan)).toEqual(found);
    expect(await namesByAll(loan)).toEqual(found);
  });

  test.each([
    `status = 'paid'`,
    `currency = 'USD'`,
    'principal = principal + 1',
    'total = total + 1',
    'outstanding_principal = outstanding_principal - 1',
    'outstanding = outstanding + 1',
    'credited = 1',
    'disbursed_on = disbursed_on - 1',
    'maturity_date = maturity_date + 1',
    'due_dates[50] = due_dates[50] + 1',
    'numbers[50] = 51',
    'principals[50] = principals[50] + 1',
    'interests[50] = interests[50] + 1',
    'fees[50] = fees[50] + 1',
    'balances_after[50] = balances_after[50] + 1',
    'paid_interests[2] = 1',
    'paid_fees[2] = 1',
    'paid_penalties[2] = 1',
    `terms = jsonb_set(terms, '{numberOfInstalments}', '51')`,
    `policy = jsonb_set(policy, '{overpayment}', '"other"')`,
    `external_id = 'other'`,
    `last_key = jsonb_set(last_key, '{rank}', '61')`,
    `clock = '2026-05-31'`,
    `pauses = '[{"from": "2026-05-01", "until": null}]'`,
    `apr = '{"percent": "1.00"}'`,
    'announced_delinquent = not announced_delinquent',
    `announced_bucket = 'other'`,
    'next_change_on = next_change_on + 1',
    'next_due_on = next_due_on + 1',
    `head_recorded_at = head_recorded_at + interval '1 s'`,
  ])('a loan whose row got %s does not prove', async (change) => {
    const loan = await paidLoan();
    await tamper(`update loans set ${change} where id = $1`, [loan]);
    expect((await names(loan)).map(([name]) => name)).toContain('projection_differs');
  });

  test.each([
    'value_date = value_date + 1',
    `currency = 'USD'`,
    `component = 'fee'`,
    'instalment = 7',
    'event_id = id',
    `debit = 'waiver_expense'`,
    `credit = 'recovery_income'`,
  ])('a ledger row that got %s does not prove', async (change) => {
    const loan = await paidLoan();
    await tamper(
      `update ledger_entries set ${change} where id = (select id from ledger_entries
        where loan_id = $1 and component = 'principal' limit 1)`,
      [loan],
    );
    expect(await names(loan)).toEqual([['ledger_differs', null, null]]);
  });

  test('a deleted last row is found by the head, and by the signed root where the head was set back too', async () => {
    const loan = await paidLoan();
    const day = await signNextDay();
    await tamper('delete from loan_events where loan_id = $1 and seq = 4', [loan]);
    expect(await names(loan)).toEqual([['last_row_deleted', 4, day]]);
    await tamper(
      `update loans l set head_seq = e.seq, head_hash = e.hash, head_recorded_at = e.recorded_at
         from loan_events e where l.id = $1 and e.loan_id = l.id and e.seq = 3`,
      [loan],
    );
    expect(await names(loan)).toEqual([['last_row_deleted', 4, day]]);
    expect(await namesByAll(loan)).toEqual([['last_row_deleted', 4, day]]);
    const unsigned = await paidLoan();
    await tamper('delete from loan_events where loan_id = $1 and seq = 4', [unsigned]);
    expect(await names(unsigned)).toEqual([['last_row_deleted', 4, null]]);
  });

  test('a wholly recomputed chain is found by the signed root, also after the next one is signed over it', async () => {
    const loan = await paidLoan();
    const day = await signNextDay();
    await recompute(loan);
    expect(await names(loan)).toEqual([['chain_recomputed', 4, day]]);
    await signNextDay();
    expect(await names(loan)).toEqual([['chain_recomputed', 4, day]]);
    expect(await namesByAll(loan)).toEqual([['chain_recomputed', 4, day]]);
    expect(await proof(loan)).toMatchObject({ chain_verified: false });
  });

  test('a loan that was deleted with all its rows is found by the signed root', async () => {
    const loan = await paidLoan();
    const day = await signNextDay();
    for (const table of ['ledger_entries', 'loan_events'])
      await tamper(`delete from ${table} where loan_id = $1`, [loan]);
    await tamper('delete from loans where id = $1', [loan]);
    expect(await namesByAll(loan)).toEqual([['loan_deleted', 4, day]]);
  });

  test('roots that are forged, remade or gone are found by name', async () => {
    const [first, second, third] = [await signNextDay(), await signNextDay(), await signNextDay()];
    const ofRoots = async (config: object = {}) => {
      const { found } = await verify(config);
      return found.flatMap(({ name, loanId, day }) => (loanId === null ? [`${name} ${day}`] : []));
    };
    expect(await ofRoots()).toEqual([]);
    expect(new Set((await ofRoots({ INTEGRITY_KEY: pem() })).map((text) => text.split(' ')[0]))).toEqual(
      new Set(['root_signature_invalid']),
    );
    expect(await ofRoots({ INTEGRITY_KEY: pem(), INTEGRITY_TRUSTED_KEYS: [key.publicKey] })).toEqual([]);

    await tamper('update journal_roots set loans = loans - 1 where day = $1', [third]);
    expect(await ofRoots()).toEqual([`root_signature_invalid ${third}`, `root_differs ${third}`]);
    await tamper('delete from journal_roots where day = $1', [second]);
    expect(await ofRoots()).toContain(`root_deleted ${third}`);
    await tamper(
      `update journal_root_heads set hash = repeat('0', 64)
        where (loan_id, day) = (select loan_id, day from journal_root_heads where day <= $1 order by day desc limit 1)`,
      [first],
    );
    expect(await ofRoots()).toContain(`root_differs ${first}`);
  });

  test('the command prints what it found and ends with 1', async () => {
    const { DATABASE_URL } = billing.config;
    const command = join(import.meta.dirname, '../src/verify-journal.ts');
    const ended = await new Promise<{ code: unknown; lines: string[] }>((resolve) => {
      execFile(process.execPath, [command], { env: { DATABASE_URL, INTEGRITY_KEY } }, (error, stdout) => {
        resolve({ code: error?.code ?? 0, lines: stdout.trim().split('\n') });
      });
    });
    const summary = JSON.parse(ended.lines.at(-1) ?? '') as { findings: number };
    expect([ended.code, ended.lines.length]).toEqual([1, summary.findings + 1]);
    expect(ended.lines.some((line) => line.startsWith('{"name":"chain_recomputed"'))).toBe(true);
  });

  test('none may change what was signed, not even the service', async () => {
    for (const statement of [
      'update journal_roots set loans = 0',
      'delete from journal_roots',
      'update journal_root_heads set seq = 1',
      'delete from journal_root_heads',
      'truncate journal_root_heads',
    ]) {
      await expect(billing.rows(statement)).rejects.toThrow(/append-only/);
    }
  });
});
