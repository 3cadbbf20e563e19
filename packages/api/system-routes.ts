/** What holds for the whole cluster: its security mode, its parameters, and what should be thought about. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { ApiFault, refuse } from './fault.ts';
import type { ApiPorts } from './ports.ts';
import { FAULTS } from './schemas.ts';
import type { Cluster, Parameter, ParameterValues } from './system-ports.ts';
import { checkVersion, versionOf } from './version.ts';

const READ = { permission: 'configuration:read' } as const;
const WRITE = { permission: 'configuration:write' } as const;

const VALUE = Type.String({ maxLength: 200 });
const ONE = Type.Object({ value: Type.Optional(VALUE) }, { additionalProperties: false });
const SEVERAL = Type.Record(Type.String({ maxLength: 200 }), VALUE, { maxProperties: 200 });
const CLUSTER = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 50 }),
    securityMode: Type.Enum(['nonsecure', 'mixed']),
    sipRealm: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
);

export function systemRoutes(app: FastifyInstance, ports: ApiPorts): void {
  parameterRoutes(app, ports);
  clusterRoutes(app, ports);
  app.get('/warnings', { config: READ, schema: { tags: ['cluster'] } }, () =>
    ports.system.warnings(),
  );
}

function parameterRoutes(app: FastifyInstance, { system }: ApiPorts): void {
  const tags = ['parameters'];
  app.get('/parameters', { config: READ, schema: { tags } }, async (_request, reply) => {
    const parameters = await system.parameters();
    return reply.header('etag', versionOf(valuesOf(parameters))).send(parameters);
  });
  app.put<{ Body: ParameterValues }>(
    '/parameters',
    { config: WRITE, schema: { tags, body: SEVERAL, response: { 422: FAULTS } } },
    async ({ body, headers }, reply) => {
      const known = await system.parameters();
      refuse(
        await system.changeParameters((before) => {
          const present = known.map((each) => ({
            ...each,
            value: before[each.name] ?? each.default,
          }));
          checkVersion(valuesOf(present), headers['if-match'], 'A parameter');
          return { ...before, ...body };
        }),
      );
      const parameters = await system.parameters();
      return reply.header('etag', versionOf(valuesOf(parameters))).send(parameters);
    },
  );
  app.put<{ Params: { key: string }; Body: Static<typeof ONE> }>(
    '/parameters/:key',
    { config: WRITE, schema: { tags, body: ONE, response: { 422: FAULTS } } },
    async ({ params: { key }, body: { value } }) => {
      const known = (await system.parameters()).some(({ name }) => name === key);
      if (!known) throw new ApiFault('not-found', `There is no parameter ${key}.`);
      refuse(
        await system.changeParameters(({ [key]: _before, ...others }) =>
          value === undefined ? others : { ...others, [key]: value },
        ),
      );
      return (await system.parameters()).find(({ name }) => name === key);
    },
  );
}

function clusterRoutes(app: FastifyInstance, { system }: ApiPorts): void {
  const tags = ['cluster'];
  app.get(
    '/cluster',
    { config: READ, schema: { tags, response: { 200: CLUSTER } } },
    async (_request, reply) => {
      const cluster = await system.cluster();
      return reply.header('etag', versionOf(cluster)).send(cluster);
    },
  );
  app.put<{ Body: Cluster }>(
    '/cluster',
    { config: WRITE, schema: { tags, body: CLUSTER, response: { 200: CLUSTER, 422: FAULTS } } },
    async ({ body, headers }, reply) => {
      refuse(
        await system.changeCluster((before) => {
          checkVersion(before, headers['if-match'], 'The cluster');
          return body;
        }),
      );
      return reply.header('etag', versionOf(body)).send(body);
    },
  );
}

function valuesOf(parameters: readonly Parameter[]): ParameterValues {
  return Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
}
