import type { MigrationInterface, QueryRunner } from 'typeorm';
import { instalments as instalmentsTable } from './0001-books.sql.ts';

/**
 * A loan's instalments move from rows of their own into arrays of its row, so that a loan is written and read as one
 * row. Whoever asks in SQL finds them as rows in the view `instalments`.
 */
export class Instalments1763700000160 implements MigrationInterface {
  name = 'Instalments1763700000160';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table loans ${columns.map(({ name, type }) => `add ${name} ${type}[]`).join(', ')}`);
    await runner.query(`
      update loans l set ${columns.map(({ name }) => `${name} = i.${name}`).join(', ')}
        from (select customer_id, loan_id, version,
                     ${columns.map(({ name, item }) => `array_agg(${item} order by number) as ${name}`).join(', ')}
                from instalments group by customer_id, loan_id, version) i
       where i.customer_id = l.customer_id and i.loan_id = l.id and i.version = l.schedule_version`);
    await runner.query('drop table instalments');
    await runner.query(`alter table loans ${columns.map(({ name }) => `alter ${name} set not null`).join(', ')}`);
    await runner.query(`alter table loans add constraint loans_instalments check (${sameLengths} and ${notNegative})`);
    await runner.query(view);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter view instalments rename to instalments_of_loans');
    await runner.query(instalmentsTable);
    const names = ['customer_id', 'loan_id', 'version', ...columns.map(({ item }) => item)].join(', ');
    await runner.query(`insert into instalments (${names}) select ${names} from instalments_of_loans`);
    await runner.query('drop view instalments_of_loans');
    await runner.query(`alter table loans ${columns.map(({ name }) => `drop ${name}`).join(', ')}`);
  }
}

/** The n-th element of each is of the n-th instalment. */
const columns = [
  { name: 'numbers', item: 'number', type: 'integer' },
  { name: 'due_dates', item: 'due_date', type: 'date' },
  { name: 'principals', item: 'principal', type: 'bigint' },
  { name: 'interests', item: 'interest', type: 'bigint' },
  { name: 'fees', item: 'fee', type: 'bigint' },
  { name: 'balances_after', item: 'balance_after', type: 'bigint' },
  { name: 'paid_principals', item: 'paid_principal', type: 'bigint' },
  { name: 'paid_interests', item: 'paid_interest', type: 'bigint' },
  { name: 'paid_fees', item: 'paid_fee', type: 'bigint' },
  { name: 'paid_penalties', item: 'paid_penalty', type: 'bigint' },
] as const;

const sameLengths = columns
  .map(({ name }) => `cardinality(${name}) = cardinality(numbers)`)
  .slice(1)
  .join(' and ');

const notNegative = columns
  .filter(({ type }) => type === 'bigint')
  .map(({ name }) => `0 <= all (${name})`)
  .join(' and ');

const view = `
create view instalments as
select l.customer_id, l.id as loan_id, l.schedule_version as version, i.*
  from loans l
 cross join lateral unnest(${columns.map(({ name }) => `l.${name}`).join(', ')})
    as i (${columns.map(({ item }) => item).join(', ')})`;
