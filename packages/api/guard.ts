/**
 * Who is asking, and whether they may. Every route names its permission, or says that it is open; one that does
 * neither stops the server from starting.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ApiFault } from './fault.ts';
import type { Account, ApiPorts } from './ports.ts';
import { may, type Permission } from './roles.ts';
import { hashOf, type Sessions } from './sessions.ts';

export const COOKIE = '__Host-conclave';

/** A page that asks again and again says so: it keeps nobody logged in. */
const BY_ITSELF = 'x-conclave-by-itself';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `open`: anybody may. */
    permission?: Permission | 'open';
  }
  interface FastifyRequest {
    account: Account | undefined;
    /** Who is asking, found out anew; `isUse`: somebody is there, who stays logged in. */
    identify(how: { readonly isUse: boolean }): Promise<Account | undefined>;
    /** `nothing`: the route writes the audit log itself. */
    audited: 'nothing' | undefined;
  }
}

const CHANGES = new Set(['POST', 'PUT', 'DELETE', 'PATCH']);

export function guard(app: FastifyInstance, ports: ApiPorts, sessions: Sessions): void {
  app.decorateRequest('account', undefined);
  app.decorateRequest('audited', undefined);
  app.decorateRequest('identify', async function (this: FastifyRequest, how) {
    return await accountOf(this, ports, sessions, how);
  });
  app.addHook('onRoute', ({ config, url }) => {
    if (!config?.permission) throw new Error(`${url} names no permission`);
  });
  app.addHook('onRequest', async (request) => {
    const permission = request.routeOptions.config.permission;
    if (permission === 'open') return;
    const isUse = request.headers[BY_ITSELF] === undefined;
    request.account = await request.identify({ isUse });
    // Of what does not exist nobody learns before he has logged in.
    if (!request.account) throw new ApiFault('not-logged-in', 'Log in, or give a token.');
    if (permission !== undefined && !may(request.account.role, permission)) {
      throw new ApiFault('not-allowed', `The role ${request.account.role} may not do this.`);
    }
  });
  app.addHook('onResponse', async (request, reply) => {
    if (request.audited === 'nothing') return;
    if (CHANGES.has(request.method)) await note(request, reply, ports);
  });
}

/** The account behind a bearer token, or behind the cookie of a session. */
async function accountOf(
  request: FastifyRequest,
  { accounts, nowMs }: ApiPorts,
  sessions: Sessions,
  how: { readonly isUse: boolean },
): Promise<Account | undefined> {
  const bearer = /^Bearer ([\w-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) {
    const token = await accounts.tokenOf(hashOf(bearer));
    return token && (await accounts.account(token.user));
  }
  const session = cookieOf(request);
  const user = session && sessions.userOf(session, nowMs(), how);
  if (user === undefined) return undefined;
  if (CHANGES.has(request.method)) checkOrigin(request);
  return await accounts.account(user);
}

/** For our pages only, over TLS only, and for no script. */
export function cookieFor(session: string): string {
  return `${COOKIE}=${session}; Path=/; Secure; HttpOnly; SameSite=Strict`;
}

export function cookieOf({ headers }: FastifyRequest): string | undefined {
  for (const each of (headers.cookie ?? '').split(';')) {
    const [name, value] = each.trim().split('=', 2);
    if (name === COOKIE) return value;
  }
  return undefined;
}

/** Who asks; a route that names a permission has him. */
export function own({ account }: FastifyRequest): Account {
  if (!account) throw new ApiFault('not-logged-in', 'Log in, or give a token.');
  return account;
}

/** A browser says where the page is from: only our own may use a session to change anything. */
function checkOrigin(request: FastifyRequest): void {
  if (isOwnPage(request)) return;
  throw new ApiFault('cross-site', 'This comes from the page of another site.');
}

/** Programs that are no browsers do not say. */
export function isOwnPage({ headers: { origin, host } }: FastifyRequest): boolean {
  return origin === undefined || URL.parse(origin)?.host === host;
}

async function note(request: FastifyRequest, reply: FastifyReply, ports: ApiPorts): Promise<void> {
  const isDone = reply.statusCode < 400;
  await ports.accounts.audit({
    atMs: ports.nowMs(),
    user: request.account?.name ?? '',
    from: request.ip,
    action: `${request.method} ${request.url.slice(0, 200)}`,
    outcome: isDone ? 'done' : 'refused',
    detail: isDone ? detailOf(request.body) : `status ${reply.statusCode}`,
  });
}

const SECRETS = new Set(['password', 'newPassword', 'digest', 'token']);

function detailOf(body: unknown): string {
  const text = JSON.stringify(body, (key, value: unknown) => (SECRETS.has(key) ? '…' : value));
  return (text ?? '').slice(0, 2_000);
}
