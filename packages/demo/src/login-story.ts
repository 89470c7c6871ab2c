import { type Client, connect, created } from './client.ts';
import type { Lender, Loan } from './lender.ts';
import type { Narrator } from './narrator.ts';

interface RegisteredUser {
  readonly username: string;
  readonly roles: readonly string[];
  readonly customer_id: string;
}
interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

/** Where a customer logs in, and who lends to them. */
export interface Counter {
  readonly gateway: string;
  readonly officer: Lender;
  readonly tell: Narrator;
}

/** A customer who comes by themselves: registers, logs in, is lent to, stays logged in, and whose old token is caught. */
export async function tellOfALogin({ gateway, officer, tell }: Counter, run: string): Promise<void> {
  tell.chapter('18. A customer registers and logs in');
  const door = connect(gateway, undefined);
  const user = await register(door, tell, run);
  const loan = await officer.open(user.customer_id, {
    product: 'weekly-flat-50',
    principal: { amount: '2000000.00', currency: 'IDR' },
  });
  tell.check('an officer opens a loan of theirs', loan.status, 'active');

  const tokens = created(
    await door.post<Tokens>('/v1/auth/login', { username: user.username, password: PASSWORD }),
    'the login',
  );
  const theirs = connect(gateway, tokens.access_token);
  tell.check('with their token they see it', (await theirs.get<Loan>(`/v1/loans/${loan.id}`)).status, 'active');
  const users = await theirs.post<{ code: string }>('/v1/users', {});
  tell.check('and make no users', [users.status, users.body.code], [403, 'forbidden']);
  await stayLoggedIn(door, tell, tokens.refresh_token);
}

const PASSWORD = 'plum river copper 41';

async function register(door: Client, tell: Narrator, run: string): Promise<RegisteredUser> {
  const username = `${run.replaceAll(':', '.')}@example.com`;
  const registration = { username, password: PASSWORD, first_name: 'Citra' };
  const weak = await door.post<{ code: string }>('/v1/auth/register', { ...registration, password: 'password1234' });
  tell.check('a password that is guessed first is refused', weak.body.code, 'validation_failed');
  const user = created(await door.post<RegisteredUser>('/v1/auth/register', registration), 'the registration');
  tell.check('role', user.roles, ['customer']);
  const again = await door.post<{ code: string }>('/v1/auth/register', {
    ...registration,
    username: username.toUpperCase(),
  });
  tell.check('the same name in other letters is taken', again.body.code, 'already_exists');
  return user;
}

async function stayLoggedIn(door: Client, tell: Narrator, first: string): Promise<void> {
  const refresh = (token: string) => door.post<Tokens & { code: string }>('/v1/auth/refresh', { refresh_token: token });
  const second = created(await refresh(first), 'the refreshing').refresh_token;
  const third = created(await refresh(second), 'the refreshing').refresh_token;
  tell.check('each refresh token is another', new Set([first, second, third]).size, 3);
  tell.check('the first comes again: somebody has a copy', (await refresh(first)).body.code, 'token_reused');
  tell.check('so the newest ends too', (await refresh(third)).body.code, 'refresh_token_invalid');
}
