/**
 * The administration API: REST under `/api/v1`, described by an OpenAPI 3.1 document that is made of the very
 * schemas that requests are checked against.
 */
import swagger from '@fastify/swagger';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { accountRoutes } from './account-routes.ts';
import { axlRoutes } from './axl/axl-routes.ts';
import { captureRoutes } from './capture-routes.ts';
import { certificateRoutes } from './certificate-routes.ts';
import { configurationRoutes } from './configuration-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { ApiFault } from './fault.ts';
import { guard } from './guard.ts';
import { liveRoutes } from './live-routes.ts';
import { metricsText } from './metrics.ts';
import { pageRoutes } from './page-routes.ts';
import type { ApiPorts } from './ports.ts';
import { recordRoutes } from './record-routes.ts';
import { serviceRoutes } from './service-routes.ts';
import { Sessions } from './sessions.ts';
import { setupRoutes } from './setup-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { whatIfRoutes } from './what-if-routes.ts';

/** A configured phone with all its lines is a few kilobytes. */
const BODY_MAX = 256 * 1024;

const REQUEST_TIMEOUT_MS = 10_000;

export interface ApiOptions {
  /** Without it the API can only be asked in the process (`inject`). */
  readonly identity?: Identity;
  /** The folder of the built pages; without it there are none. */
  readonly pages?: string;
}

export interface Identity {
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
}

export async function makeApi(
  ports: ApiPorts,
  { identity, pages }: ApiOptions = {},
): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, allErrors: true } },
    ...(identity && {
      https: { key: identity.key, cert: identity.certificate, minVersion: 'TLSv1.2' },
    }),
  } as Parameters<typeof fastify>[0]) as unknown as FastifyInstance;
  const sessions = new Sessions();
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Conclave',
        version: '1',
        description: 'Administration of secure conferences',
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: '__Host-conclave' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
  });
  // What is answered is for him who asks, and is what it says it is; pages and their files say otherwise.
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });
  guard(app, ports, sessions);
  app.setErrorHandler(answerFault);
  app.setNotFoundHandler({}, (request, reply) => {
    // Whether something is there is told to who has logged in.
    const status = request.account ? 404 : 401;
    void reply.code(status).send({ error: 'not-found', message: 'There is nothing here.' });
  });
  operationRoutes(app, ports);
  if (pages !== undefined) pageRoutes(app, pages);
  await app.register((axl) => axlRoutes(axl, ports));
  await app.register(
    async (api) => {
      accountRoutes(api, ports, sessions);
      configurationRoutes(api, ports);
      systemRoutes(api, ports);
      deviceRoutes(api, ports);
      liveRoutes(api, ports);
      recordRoutes(api, ports);
      certificateRoutes(api, ports);
      setupRoutes(api, ports);
      captureRoutes(api, ports);
      serviceRoutes(api, ports);
      whatIfRoutes(api, ports);
      const config = { permission: 'configuration:read' } as const;
      api.get('/openapi.json', { config, schema: { hide: true } }, () => app.swagger());
    },
    { prefix: '/api/v1' },
  );
  await app.ready();
  return app;
}

function operationRoutes(app: FastifyInstance, { metrics, isReady }: ApiPorts): void {
  const open = { config: { permission: 'open' }, schema: { hide: true } } as const;
  app.get('/health', open, () => ({ status: 'up' }));
  app.get('/ready', open, (_request, reply) =>
    reply.code(isReady() ? 200 : 503).send({ status: isReady() ? 'ready' : 'not ready' }),
  );
  app.get(
    '/metrics',
    { config: { permission: 'metrics:read' }, schema: { hide: true } },
    (_request, reply) => reply.type('text/plain; version=0.0.4').send(metricsText(metrics())),
  );
}

/** Names the field and the rule; of what is our own mistake it tells nothing. */
function answerFault(
  error: FastifyError | ApiFault,
  _request: unknown,
  reply: { code(status: number): { send(body: object): unknown } },
): void {
  if (error instanceof ApiFault) {
    const { code, message, faults } = error;
    const body = { error: code, message, ...(faults.length > 0 && { faults }) };
    reply.code(error.statusCode).send(body);
    return;
  }
  if (error.validation) {
    const faults = error.validation.map(({ instancePath, message, params }) => ({
      field: fieldOf(instancePath, params),
      rule: message ?? 'is wrong',
    }));
    reply.code(400).send({ error: 'bad-request', message: error.message, faults });
    return;
  }
  const status = error.statusCode ?? 500;
  const message = status < 500 ? error.message : 'Something went wrong here.';
  reply.code(status).send({ error: status < 500 ? 'bad-request' : 'internal', message });
}

/** `/lines/0/index` as `lines[0].index`; a missing or an unknown field by its own name. */
function fieldOf(path: string, params: Readonly<Record<string, unknown>>): string {
  const steps = path.split('/').slice(1);
  const named = params.missingProperty ?? params.additionalProperty;
  if (typeof named === 'string') steps.push(named);
  return steps.reduce(
    (field, step) => (/^\d+$/.test(step) ? `${field}[${step}]` : field ? `${field}.${step}` : step),
    '',
  );
}
