/** Logging in and out, tokens, and the audit trail. */
import type { FastifyInstance } from 'fastify';
import { ApiFault } from './fault.ts';
import { COOKIE, cookieFor, cookieOf, own } from './guard.ts';
import { isPassword } from './password.ts';
import type { Account, ApiPorts } from './ports.ts';
import { grantsOf, type Permission, type Role } from './roles.ts';
import { LOGIN, TOKEN } from './schemas.ts';
import { hashOf, type Sessions } from './sessions.ts';
import { userRoutes } from './user-routes.ts';

const OWN = { permission: 'own:manage' } as const;
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
      return reply.header('set-cookie', cookieFor(session)).send(sessionOf(account));
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

/** Who has logged in, and what he may do: nothing else need be offered. */
export interface SessionView {
  readonly name: string;
  readonly role: Role;
  readonly permissions: readonly Permission[];
}

function sessionOf(account: Account): SessionView {
  return { name: account.name, role: account.role, permissions: grantsOf(account.role) };
}
