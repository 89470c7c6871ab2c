import { type Database, kitMigration, migrate, newId, openDatabase } from '@tenor/service-kit';
import { createTestTenant, type TestTenant } from '@tenor/testing';
import { claimNumbers, moveNumber, numberOf, numbersOf, publicNumbersMigration, withNumber } from '../src/index.ts';

const loans = { profile: 'toy', kind: 'loan' };
let tenant: TestTenant;
let database: Database;

beforeAll(async () => {
  tenant = await createTestTenant('numbers');
  database = await openDatabase({
    url: tenant.billingUrl,
    schema: 'billing',
    poolSize: 6,
    migrations: [kitMigration('billing'), publicNumbersMigration('billing')],
    applicationName: 'numbers-test',
  });
  await migrate(database);
});
afterAll(async () => {
  await database.close();
  await tenant.drop();
});

test('numbers count up by kind and stay', async () => {
  const [a, b] = [newId(), newId()];
  expect(await numbersOf(database, loans, [b, a, a])).toEqual(
    new Map([
      [a, 1],
      [b, 2],
    ]),
  );
  expect(await numberOf(database, { profile: 'toy', kind: 'customer' }, a)).toBe(1);
  expect(await numberOf(database, loans, b)).toBe(2);
  expect(await withNumber(database, loans, 2)).toEqual([{ id: b, owner: '' }]);
  expect(await withNumber(database, loans, 99)).toEqual([]);
});

test('asked for at once, a thing has one number and no number has two things', async () => {
  const ids = Array.from({ length: 20 }, newId);
  const all = await Promise.all([...ids, ...ids].map((id) => numberOf(database, loans, id)));
  expect(all.slice(0, 20)).toEqual(all.slice(20));
  expect(new Set(all).size).toBe(20);
});

test('the numbers of a file may be shared by owners, and new ones begin above them', async () => {
  const imported = { profile: 'file', kind: 'loan' };
  const [a, b] = [newId(), newId()];
  const claims = [
    { id: a, owner: '7', number: 5000 },
    { id: b, owner: '8', number: 5000 },
  ];
  await claimNumbers(database, imported, claims);
  await claimNumbers(database, imported, claims);
  expect(await withNumber(database, imported, 5000)).toEqual([
    { id: a, owner: '7' },
    { id: b, owner: '8' },
  ]);
  expect(await numberOf(database, imported, newId())).toBe(5001);
});

test('a number that somebody has stays theirs, whatever a file says later', async () => {
  const kind = { profile: 'late', kind: 'customer' };
  const [early, filed] = [newId(), newId()];
  expect(await numberOf(database, kind, early)).toBe(1);
  await claimNumbers(database, kind, [{ id: filed, owner: '', number: 1 }]);
  expect(await withNumber(database, kind, 1)).toEqual([{ id: early, owner: '' }]);
  expect(await numberOf(database, kind, filed)).toBe(2);
});

test('a number that is moved names what took the place of the other', async () => {
  const kind = { profile: 'moved', kind: 'loan' };
  const [a, b] = [newId(), newId()];
  const number = await numberOf(database, kind, a);
  await moveNumber(database, kind, { from: a, to: b });
  expect(await withNumber(database, kind, number)).toEqual([{ id: b, owner: '' }]);
  expect(await numberOf(database, kind, b)).toBe(number);
});
