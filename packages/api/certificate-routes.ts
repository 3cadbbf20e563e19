/** Certificate Management: list, lint, upload, download, signing requests, re-issue. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ApiFault } from './fault.ts';
import type { ApiPorts, Fault } from './ports.ts';
import { FAULTS } from './schemas.ts';

const READ = { permission: 'configuration:read' } as const;
const MANAGE = { permission: 'configuration:write' } as const;
const tags = ['certificates'];

const id = Type.String({ pattern: '^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$' });
const pem = Type.String({ minLength: 1, maxLength: 100_000 });
const NAMED = Type.Object({ id });

const CERTIFICATE = Type.Object({
  id: Type.String(),
  kind: Type.Optional(Type.String()),
  commonName: Type.Optional(Type.String()),
  issuerName: Type.Optional(Type.String()),
  selfSigned: Type.Boolean(),
  validFromMs: Type.Integer(),
  validToMs: Type.Integer(),
  serialNumber: Type.String(),
  fingerprint: Type.String(),
  waits: Type.Optional(Type.Enum(['call-manager-restart', 'device-restart'])),
});

const LIST = { 200: Type.Array(CERTIFICATE) };
const CHAIN = Type.Object({ certificate: pem }, { additionalProperties: false });

interface Named {
  readonly Params: { readonly id: string };
}

export function certificateRoutes(app: FastifyInstance, { certificates }: ApiPorts): void {
  app.get('/certificates', { config: READ, schema: { tags, response: LIST } }, () =>
    certificates.own(),
  );
  app.get('/trust', { config: READ, schema: { tags, response: LIST } }, () =>
    certificates.trusted(),
  );
  for (const [path, store] of [
    ['/certificates/:id', 'own'],
    ['/trust/:id', 'trust'],
  ] as const) {
    app.get<Named>(
      path,
      { config: READ, schema: { tags, params: NAMED, response: { 404: FAULTS } } },
      ({ params }, reply) => {
        const text = certificates.pem(store, params.id) ?? missing(params.id);
        void reply.header('content-disposition', `attachment; filename="${params.id}.pem"`);
        return reply.type('application/x-pem-file').send(text);
      },
    );
  }
  app.post<{ Body: { name: string; certificate: string } }>(
    '/trust',
    {
      config: MANAGE,
      schema: {
        tags,
        body: Type.Object({ name: id, certificate: pem }, { additionalProperties: false }),
        response: { 204: Type.Null(), 422: FAULTS },
      },
    },
    ({ body: { name, certificate } }, reply) => {
      refuse(certificates.trust(name, certificate));
      return reply.code(204).send(null);
    },
  );
  app.delete<Named>(
    '/trust/:id',
    {
      config: MANAGE,
      schema: { tags, params: NAMED, response: { 204: Type.Null(), 404: FAULTS } },
    },
    ({ params }, reply) => {
      if (!certificates.distrust(params.id)) missing(params.id);
      return reply.code(204).send(null);
    },
  );
  changeRoutes(app, certificates);
}

function changeRoutes(app: FastifyInstance, certificates: ApiPorts['certificates']): void {
  app.get<Named>(
    '/certificates/:id/request',
    { config: MANAGE, schema: { tags, params: NAMED, response: { 404: FAULTS } } },
    async ({ params }, reply) => {
      const text = (await certificates.request(params.id)) ?? missing(params.id);
      void reply.header('content-disposition', `attachment; filename="${params.id}.csr"`);
      return reply.type('application/pkcs10').send(text);
    },
  );
  app.put<Named & { Body: { certificate: string } }>(
    '/certificates/:id',
    {
      config: MANAGE,
      schema: {
        tags,
        params: NAMED,
        body: CHAIN,
        response: { 204: Type.Null(), 404: FAULTS, 422: FAULTS },
      },
    },
    ({ params, body }, reply) => {
      refuse(certificates.install(params.id, body.certificate) ?? missing(params.id));
      return reply.code(204).send(null);
    },
  );
  app.post<Named>(
    '/certificates/:id/reissue',
    {
      config: MANAGE,
      schema: { tags, params: NAMED, response: { 204: Type.Null(), 404: FAULTS } },
    },
    async ({ params }, reply) => {
      if (!(await certificates.reissue(params.id))) missing(params.id);
      return reply.code(204).send(null);
    },
  );
}

function refuse(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first) throw new ApiFault('breaks-rules', `${first.field}: ${first.rule}`, faults);
}

function missing(name: string): never {
  throw new ApiFault('not-found', `There is no certificate ${name}.`);
}
