/**
 * The configured objects, each kind with the same five routes. An object's version is its ETag: who changes
 * or removes one says which version he has seen.
 */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ApiFault, refuse } from './fault.ts';
import type { ApiPorts, Configuration } from './ports.ts';
import { FAULTS, KINDS, type Kind } from './schemas.ts';
import { checkVersion, versionOf } from './version.ts';

interface Keyed {
  readonly Params: { readonly key: string };
}

type Stored = object & { readonly digest?: { readonly user: string } & object };

export function configurationRoutes(app: FastifyInstance, ports: ApiPorts): void {
  for (const kind of KINDS) kindRoutes(app, ports, kind);
}

function kindRoutes(app: FastifyInstance, ports: ApiPorts, kind: Kind): void {
  const { field, schema, keyOf } = kind;
  const path = `/${field}`;
  const read = { permission: 'configuration:read' } as const;
  const write = { permission: 'configuration:write' } as const;
  const tags = [field];
  const { configuration } = ports;

  app.get<{ Querystring: { find?: string } }>(
    path,
    {
      config: read,
      schema: {
        tags,
        querystring: Type.Object({ find: Type.Optional(Type.String({ maxLength: 100 })) }),
        response: { 200: Type.Array(schema) },
      },
    },
    async ({ query }) => {
      const wanted = query.find?.toLowerCase() ?? '';
      const all = (await configuration.read())[field] ?? [];
      return all.map(shown).filter((each) => JSON.stringify(each).toLowerCase().includes(wanted));
    },
  );

  app.get<Keyed>(
    `${path}/:key`,
    { config: read, schema: { tags, response: { 200: schema, 404: FAULTS } } },
    async ({ params }, reply) => {
      const found = find(await configuration.read(), kind, params.key);
      if (!found) throw missing(kind, params.key);
      return reply.header('etag', versionOf(found)).send(shown(found));
    },
  );

  app.post<{ Body: Stored }>(
    path,
    { config: write, schema: { tags, body: schema, response: { 201: schema, 422: FAULTS } } },
    async ({ body }, reply) => {
      const object = stored(body, undefined, ports);
      const key = keyOf(object);
      await change(ports, (before) => {
        if (find(before, kind, key)) throw new ApiFault('exists', `${key} exists already.`);
        return { ...before, [field]: [...(before[field] ?? []), object] };
      });
      return reply.code(201).header('etag', versionOf(object)).send(shown(object));
    },
  );

  app.put<Keyed & { Body: Stored }>(
    `${path}/:key`,
    { config: write, schema: { tags, body: schema, response: { 200: schema, 422: FAULTS } } },
    async ({ body, params, headers }, reply) => {
      let object: object = body;
      await change(ports, (before) => {
        const present = seen(before, kind, params.key, headers['if-match']);
        object = stored(body, present, ports);
        const objects = before[field] ?? [];
        return { ...before, [field]: objects.map((each) => (each === present ? object : each)) };
      });
      return reply.header('etag', versionOf(object)).send(shown(object));
    },
  );

  app.delete<Keyed>(
    `${path}/:key`,
    { config: write, schema: { tags, response: { 204: Type.Null(), 422: FAULTS } } },
    async ({ params, headers }, reply) => {
      await change(ports, (before) => {
        const present = seen(before, kind, params.key, headers['if-match']);
        return { ...before, [field]: (before[field] ?? []).filter((each) => each !== present) };
      });
      return reply.code(204).send(null);
    },
  );
}

async function change(
  { configuration }: ApiPorts,
  edit: (before: Configuration) => Configuration,
): Promise<void> {
  refuse(await configuration.change(edit));
}

function find(
  configuration: Configuration,
  { field, keyOf }: Kind,
  key: string,
): object | undefined {
  return configuration[field]?.find((each) => keyOf(each) === key);
}

/** The object as it is now, if that is what its editor has seen. */
function seen(
  configuration: Configuration,
  kind: Kind,
  key: string,
  version: string | undefined,
): object {
  const present = find(configuration, kind, key);
  if (!present) throw missing(kind, key);
  checkVersion(present, version, key);
  return present;
}

function missing({ field }: Kind, key: string): ApiFault {
  return new ApiFault('not-found', `There is no ${key} among the ${field}.`);
}

/** Without what a password leaves behind. */
function shown(object: Stored): object {
  if (!object.digest) return object;
  return { ...object, digest: { user: object.digest.user } };
}

/** With hashes in the place of a password; without a password they stay as they were. */
function stored(body: Stored, before: Stored | undefined, { configuration }: ApiPorts): object {
  if (!body.digest) return body;
  const { user, password } = body.digest as { user: string; password?: string };
  if (password !== undefined) return { ...body, digest: configuration.digest(user, password) };
  if (before?.digest?.user === user) return { ...body, digest: before.digest };
  throw new ApiFault('breaks-rules', 'digest.password: is needed for a new user', [
    { field: 'digest.password', rule: 'is needed for a new user' },
  ]);
}
