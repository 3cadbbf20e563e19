/** Who may log in, and in which role. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ApiFault, refuse } from './fault.ts';
import { cookieFor, own } from './guard.ts';
import { hashPassword, isPassword } from './password.ts';
import type { Account, AccountsPort, ApiPorts } from './ports.ts';
import { grantsOf, ROLES, type Role } from './roles.ts';
import { FAULTS, OWN_PASSWORD, USER, USER_CHANGE } from './schemas.ts';
import type { Sessions } from './sessions.ts';
import { checkVersion, versionOf } from './version.ts';

const MANAGE = { permission: 'users:manage' } as const;

type Turnstile = <T>(work: () => Promise<T>) => Promise<T>;

interface Named {
  readonly Params: { readonly name: string };
}

export function userRoutes(app: FastifyInstance, ports: ApiPorts, sessions: Sessions): void {
  const { accounts } = ports;
  const tags = ['users'];
  const inTurn = turnstile();
  passwordRoute(app, { ports, sessions, inTurn });
  app.get('/users', { config: MANAGE, schema: { tags } }, async () =>
    (await accounts.accounts()).map(shown),
  );
  app.get('/roles', { config: MANAGE, schema: { tags } }, () =>
    ROLES.map((role) => ({ role, permissions: grantsOf(role) })),
  );
  app.get<Named>(
    '/users/:name',
    { config: MANAGE, schema: { tags, response: { 404: FAULTS } } },
    async ({ params }, reply) => {
      const account = await present(accounts, params.name);
      return reply.header('etag', versionOf(account)).send(shown(account));
    },
  );
  app.post<{ Body: { name: string; role: Role; password: string } }>(
    '/users',
    { config: MANAGE, schema: { tags, body: USER } },
    async ({ body: { name, role, password } }, reply) => {
      const account = { name, role, passwordHash: await hashPassword(password) };
      await inTurn(async () => {
        if (await accounts.account(name)) throw new ApiFault('exists', `${name} exists already.`);
        await accounts.putAccount(account);
      });
      return reply.code(201).header('etag', versionOf(account)).send(shown(account));
    },
  );
  app.put<Named & { Body: { role: Role; password?: string } }>(
    '/users/:name',
    { config: MANAGE, schema: { tags, body: USER_CHANGE, response: { 422: FAULTS } } },
    async ({ params, body: { role, password }, headers }, reply) => {
      const given = password === undefined ? undefined : await hashPassword(password);
      const account = await inTurn(async () => {
        const before = await present(accounts, params.name, headers['if-match']);
        if (role !== 'administrator') await keepOne(accounts, before);
        const after = { ...before, role, passwordHash: given ?? before.passwordHash };
        await accounts.putAccount(after);
        sessions.endAllOf(before.name);
        return after;
      });
      return reply.header('etag', versionOf(account)).send(shown(account));
    },
  );
  app.delete<Named>(
    '/users/:name',
    { config: MANAGE, schema: { tags, response: { 204: Type.Null() } } },
    async ({ params, headers }, reply) => {
      await inTurn(async () => {
        const before = await present(accounts, params.name, headers['if-match']);
        await keepOne(accounts, before);
        await accounts.removeAccount(before.name);
        sessions.endAllOf(before.name);
      });
      return reply.code(204).send(null);
    },
  );
}

/** One's own password, by who knows the present one; all other sessions of the user end. */
function passwordRoute(
  app: FastifyInstance,
  {
    ports: { accounts, limit, nowMs, token },
    sessions,
    inTurn,
  }: { readonly ports: ApiPorts; readonly sessions: Sessions; readonly inTurn: Turnstile },
): void {
  app.put<{ Body: { password: string; newPassword: string } }>(
    '/session/password',
    {
      config: { permission: 'own:manage' },
      schema: { tags: ['session'], body: OWN_PASSWORD, response: { 422: FAULTS } },
    },
    async (request, reply) => {
      const { name, passwordHash: known } = own(request);
      const { password, newPassword } = request.body;
      if (limit.isOver(request.ip, name)) {
        throw new ApiFault('too-many-attempts', 'Too many attempts: wait a minute.');
      }
      if (!(await isPassword(password, known))) {
        limit.failed(request.ip, name);
        refuse([{ field: 'password', rule: 'is not the present password' }]);
      }
      const passwordHash = await hashPassword(newPassword);
      await inTurn(async () =>
        accounts.putAccount({ ...(await present(accounts, name)), passwordHash }),
      );
      sessions.endAllOf(name);
      const session = token();
      sessions.begin(session, name, nowMs());
      return reply.header('set-cookie', cookieFor(session)).code(204).send();
    },
  );
}

/** The account, if it is as its editor has seen it; programs need not say what they have seen. */
async function present(accounts: AccountsPort, name: string, seen?: string): Promise<Account> {
  const account = await accounts.account(name);
  if (!account) throw new ApiFault('not-found', `There is no user ${name}.`);
  if (seen !== undefined) checkVersion(account, seen, name);
  return account;
}

/** Somebody has to be left who can let others in. */
async function keepOne(accounts: AccountsPort, { name, role }: Account): Promise<void> {
  if (role !== 'administrator') return;
  const others = (await accounts.accounts()).filter(
    (each) => each.role === 'administrator' && each.name !== name,
  );
  if (others.length > 0) return;
  throw new ApiFault('breaks-rules', 'The last administrator stays one.', [
    { field: 'role', rule: 'The last administrator stays one.' },
  ]);
}

/** One after the other: what was looked at is still so when it is changed. */
function turnstile(): Turnstile {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    last = mine.catch(() => {});
    return mine;
  };
}

function shown({ name, role }: Account): { name: string; role: Role } {
  return { name, role };
}
