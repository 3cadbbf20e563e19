/** Logging in and out, tokens, users, and the audit trail. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { ApiFault } from './fault.ts';
import { COOKIE, cookieOf } from './guard.ts';
import { hashPassword, isPassword } from './password.ts';
import type { Account, ApiPorts } from './ports.ts';
import { grantsOf, type Permission, ROLES, type Role } from './roles.ts';
import { LOGIN, TOKEN, USER, USER_CHANGE } from './schemas.ts';
import { hashOf, type Sessions } from './sessions.ts';

const OWN = { permission: 'own:manage' } as const;
const MANAGE = { permission: 'users:manage' } as const;
const AUDIT_MOST = 1_000;

export function accountRoutes(app: FastifyInstance, ports: ApiPorts, sessions: Sessions): void {
  sessionRoutes(app, ports, sessions);
  tokenRoutes(app, ports);
  userRoutes(app, ports, sessions);
  app.get(
    '/audit',
    { config: { permission: 'audit:read' }, schema: { tags: ['audit'] } },
    async () => await ports.accounts.auditTrail(AUDIT_MOST),
  );
}

function sessionRoutes(app: FastifyInstance, ports: ApiPorts, sessions: Sessions): void {
  const { accounts, limit, nowMs, token } = ports;
  const tags = ['session'];
  app.post<{ Body: { user: string; password: string } }>(
    '/session',
    { config: { permission: 'open' }, schema: { tags, body: LOGIN } },
    async (request, reply) => {
      const { user, password } = request.body;
      if (limit.isOver(request.ip, user)) {
        throw new ApiFault('too-many-attempts', 'Too many attempts: wait a minute.');
      }
      const account = await accounts.account(user);
      if (!(await isPassword(password, account?.passwordHash)) || !account) {
        limit.failed(request.ip, user);
        throw new ApiFault('not-logged-in', 'The user or the password is wrong.');
      }
      const session = token();
      sessions.begin(session, account.name, nowMs());
      request.account = account;
      const cookie = `${COOKIE}=${session}; Path=/; Secure; HttpOnly; SameSite=Strict`;
      return reply.header('set-cookie', cookie).send(sessionOf(account));
    },
  );
  app.get('/session', { config: OWN, schema: { tags } }, async (request) =>
    sessionOf(own(request)),
  );
  app.delete('/session', { config: OWN, schema: { tags } }, async (request, reply) => {
    const session = cookieOf(request);
    if (session !== undefined) sessions.end(session);
    return reply.header('set-cookie', `${COOKIE}=; Path=/; Secure; Max-Age=0`).code(204).send();
  });
}

function tokenRoutes(app: FastifyInstance, { accounts, nowMs, token }: ApiPorts): void {
  const tags = ['tokens'];
  app.get('/tokens', { config: OWN, schema: { tags } }, async (request) => {
    const tokens = await accounts.tokens(own(request).name);
    return tokens.map(({ id, label, createdMs }) => ({ id, label, createdMs }));
  });
  app.post<{ Body: { label: string } }>(
    '/tokens',
    { config: OWN, schema: { tags, body: TOKEN } },
    async (request, reply) => {
      const secret = token();
      const id = token().slice(0, 12);
      const { label } = request.body;
      const user = own(request).name;
      await accounts.putToken({ id, user, label, hash: hashOf(secret), createdMs: nowMs() });
      // Shown this once; only its hash is kept.
      return reply.code(201).send({ id, label, token: secret });
    },
  );
  app.delete<{ Params: { id: string } }>(
    '/tokens/:id',
    { config: OWN, schema: { tags } },
    async (request, reply) => {
      if (!(await accounts.removeToken(own(request).name, request.params.id))) {
        throw new ApiFault('not-found', 'There is no such token.');
      }
      return reply.code(204).send();
    },
  );
}

function userRoutes(app: FastifyInstance, { accounts }: ApiPorts, sessions: Sessions): void {
  const tags = ['users'];
  app.get('/users', { config: MANAGE, schema: { tags } }, async () =>
    (await accounts.accounts()).map(shown),
  );
  app.get('/roles', { config: MANAGE, schema: { tags } }, () =>
    ROLES.map((role) => ({ role, permissions: grantsOf(role) })),
  );
  app.post<{ Body: { name: string; role: Role; password: string } }>(
    '/users',
    { config: MANAGE, schema: { tags, body: USER } },
    async ({ body: { name, role, password } }, reply) => {
      if (await accounts.account(name)) throw new ApiFault('exists', `${name} exists already.`);
      const account = { name, role, passwordHash: await hashPassword(password) };
      await accounts.putAccount(account);
      return reply.code(201).send(shown(account));
    },
  );
  app.put<{ Params: { name: string }; Body: { role: Role; password?: string } }>(
    '/users/:name',
    { config: MANAGE, schema: { tags, body: USER_CHANGE } },
    async ({ params, body }) => {
      const before = await accounts.account(params.name);
      if (!before) throw new ApiFault('not-found', `There is no user ${params.name}.`);
      if (body.role !== 'administrator') await keepOne(accounts, before);
      const passwordHash =
        body.password === undefined ? before.passwordHash : await hashPassword(body.password);
      const account = { name: before.name, role: body.role, passwordHash };
      await accounts.putAccount(account);
      sessions.endAllOf(before.name);
      return shown(account);
    },
  );
  app.delete<{ Params: { name: string } }>(
    '/users/:name',
    { config: MANAGE, schema: { tags, response: { 204: Type.Null() } } },
    async ({ params }, reply) => {
      const before = await accounts.account(params.name);
      if (!before) throw new ApiFault('not-found', `There is no user ${params.name}.`);
      await keepOne(accounts, before);
      await accounts.removeAccount(before.name);
      sessions.endAllOf(before.name);
      return reply.code(204).send(null);
    },
  );
}

/** Somebody has to be left who can let others in. */
async function keepOne(accounts: ApiPorts['accounts'], { name, role }: Account): Promise<void> {
  if (role !== 'administrator') return;
  const others = (await accounts.accounts()).filter(
    (each) => each.role === 'administrator' && each.name !== name,
  );
  if (others.length > 0) return;
  throw new ApiFault('breaks-rules', 'The last administrator stays one.', [
    { field: 'role', rule: 'The last administrator stays one.' },
  ]);
}

function own({ account }: FastifyRequest): Account {
  if (!account) throw new ApiFault('not-logged-in', 'Log in, or give a token.');
  return account;
}

/** Who has logged in, and what he may do: nothing else need be offered. */
export interface SessionView {
  readonly name: string;
  readonly role: Role;
  readonly permissions: readonly Permission[];
}

function sessionOf(account: Account): SessionView {
  return { ...shown(account), permissions: grantsOf(account.role) };
}

function shown({ name, role }: Account): { name: string; role: Role } {
  return { name, role };
}
