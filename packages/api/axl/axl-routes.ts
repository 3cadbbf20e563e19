/**
 * AXL over HTTPS: SOAP at `/axl/` for tools that know CUCM. Users, roles, the limit of log-ins and the audit
 * log are those of the rest of the API; each request carries user and password (HTTP basic, RFC 7617).
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isOwnPage } from '../guard.ts';
import { isPassword } from '../password.ts';
import type { Account, ApiPorts } from '../ports.ts';
import { may } from '../roles.ts';
import { AxlFault } from './axl-fault.ts';
import { type AxlOperation, operationOf } from './axl-service.ts';
import { type AxlRequest, answerText, faultText, readRequest } from './soap.ts';
import { parseXml, XmlError, xmlText } from './xml.ts';

const AUDITED_MAX = 2_000;

/** A refusal with an HTTP status of its own. */
class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: 401 | 403 | 429;

  constructor(status: 401 | 403 | 429, message: string) {
    super(message);
    this.status = status;
  }
}

/** Registered in a scope of its own: it reads XML and nothing else. */
export async function axlRoutes(app: FastifyInstance, ports: ApiPorts): Promise<void> {
  const known = new KnownPasswords(ports);
  app.decorateRequest('axl', undefined);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['text/xml', 'application/xml', 'application/soap+xml'],
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  const route = {
    config: { permission: 'open' },
    schema: { hide: true },
    // Before the body is read: who is nobody gives us nothing to read.
    onRequest: async (request: FastifyRequest) => {
      request.audited = 'nothing';
      request.account = await accountOf(request, ports, known);
    },
    errorHandler: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      answerFault(error, { request, reply, ports }),
  } as const;
  for (const path of ['/axl', '/axl/']) {
    app.post<{ Body: string }>(path, route, async (request, reply) => {
      const asked = readRequest(parseXml(request.body ?? ''), soapActionOf(request));
      request.axl = asked;
      const operation = operationOf(asked.operation);
      if (!operation) {
        throw new AxlFault('unknown-request', `There is no operation ${asked.operation} here.`);
      }
      allow(request, operation);
      const result = await operation.run(asked, ports);
      if (operation.changes) await note(request, 'done', ports);
      return reply.type('text/xml; charset=utf-8').send(answerText(asked, result));
    });
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    axl: AxlRequest | undefined;
  }
}

function allow({ account }: FastifyRequest, { changes }: AxlOperation): void {
  if (account && may(account.role, changes ? 'configuration:write' : 'configuration:read')) return;
  throw new Refusal(403, `The role ${account?.role} may not do this.`);
}

/** Throws a Refusal unless user and password are right. */
async function accountOf(
  request: FastifyRequest,
  { accounts, limit }: ApiPorts,
  known: KnownPasswords,
): Promise<Account> {
  if (!isOwnPage(request)) throw new Refusal(403, 'This comes from the page of another site.');
  const basic = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(request.headers.authorization ?? '')?.[1];
  const [, user = '', password = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(basic ?? '', 'base64').toString()) ?? [];
  if (user === '') throw new Refusal(401, 'Give a user and a password.');
  if (limit.isOver(request.ip, user)) {
    throw new Refusal(429, 'Too many attempts: wait a minute.');
  }
  const account = await accounts.account(user);
  if (account && (await known.isRight(account, password))) return account;
  if (!account) await isPassword(password, undefined);
  limit.failed(request.ip, user);
  throw new Refusal(401, 'The user or the password is wrong.');
}

async function answerFault(
  error: Error,
  { request, reply, ports }: { request: FastifyRequest; reply: FastifyReply; ports: ApiPorts },
): Promise<void> {
  const operation = request.axl?.operation ?? '';
  const status = error instanceof Refusal ? error.status : 500;
  const isOurs = !(error instanceof Refusal || error instanceof AxlFault || isBadBody(error));
  const message = isOurs ? 'Something went wrong here.' : error.message;
  const axlCode = error instanceof AxlFault ? error.axlCode : isOurs ? 5000 : 5002;
  const changes = operationOf(operation)?.changes ?? true;
  if (changes || status !== 500) await note(request, message, ports);
  if (status === 401) void reply.header('www-authenticate', 'Basic realm="Conclave AXL"');
  await reply
    .code(status)
    .type('text/xml; charset=utf-8')
    .send(faultText({ axlCode, message }, { side: isOurs ? 'Server' : 'Client', operation }));
}

/** What Fastify says of a body: too long, of another type. */
function isBadBody(error: Error): boolean {
  const { statusCode = 500 } = error as { statusCode?: number };
  return error instanceof XmlError || statusCode < 500;
}

/** `outcome` is `done`, or why it was not. */
async function note(request: FastifyRequest, outcome: string, ports: ApiPorts): Promise<void> {
  const { axl, account, ip } = request;
  await ports.accounts.audit({
    atMs: ports.nowMs(),
    user: account?.name ?? '',
    from: ip,
    action: `AXL ${axl?.operation ?? 'request'}`,
    outcome: outcome === 'done' ? 'done' : 'refused',
    detail: (outcome === 'done' && axl ? xmlText(axl.body) : outcome).slice(0, AUDITED_MAX),
  });
}

function soapActionOf({ headers }: FastifyRequest): string {
  const { soapaction = '' } = headers;
  return String(soapaction);
}

/**
 * Tools send the password with each request, and checking one takes long on purpose. What was right is
 * known for a while, by a hash that is of use in this process only.
 */
class KnownPasswords {
  static readonly #KEPT_MS = 300_000;
  static readonly #MOST = 1_000;
  readonly #key = randomBytes(32);
  readonly #until = new Map<string, number>();
  readonly #nowMs: () => number;

  constructor({ nowMs }: Pick<ApiPorts, 'nowMs'>) {
    this.#nowMs = nowMs;
  }

  async isRight({ name, passwordHash }: Account, password: string): Promise<boolean> {
    const what = JSON.stringify([name, passwordHash, password]);
    const proof = createHmac('sha256', this.#key).update(what).digest('base64');
    if ((this.#until.get(proof) ?? 0) > this.#nowMs()) return true;
    if (!(await isPassword(password, passwordHash))) return false;
    if (this.#until.size >= KnownPasswords.#MOST) this.#until.clear();
    this.#until.set(proof, this.#nowMs() + KnownPasswords.#KEPT_MS);
    return true;
  }
}
