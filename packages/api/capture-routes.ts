/**
 * Packet captures (CAP-02, CAP-04). Who configures starts and ends them; what they hold, and the keys, are for
 * packet sniffers only, and who has taken what is in the audit log.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { ApiFault, refuse } from './fault.ts';
import type { ApiPorts } from './ports.ts';
import { FAULTS } from './schemas.ts';

const TAGS = ['captures'];
const CONTROL = { permission: 'captures:control' } as const;
const READ = { permission: 'captures:read' } as const;
const DEVICE = Type.Object({ device: Type.String({ maxLength: 50 }) });
const FILE = Type.Object({ file: Type.String({ pattern: '^\\d\\d-\\d\\d-\\d{4}\\.pkt$' }) });

const WISH = Type.Object(
  { durationMinutes: Type.Integer({ minimum: 1, maximum: 300 }) },
  { additionalProperties: false },
);

const RUNNING = Type.Object({
  device: Type.String(),
  startedMs: Type.Integer(),
  endsMs: Type.Integer(),
  packets: Type.Integer(),
  dropped: Type.Integer(),
});

export function captureRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { captures } = ports;
  app.get(
    '/captures',
    {
      config: { permission: 'live:read' },
      schema: { tags: TAGS, response: { 200: Type.Array(RUNNING) } },
    },
    () => captures.running(),
  );
  app.put<{ Params: Static<typeof DEVICE>; Body: Static<typeof WISH> }>(
    '/captures/:device',
    {
      config: CONTROL,
      schema: {
        tags: TAGS,
        params: DEVICE,
        body: WISH,
        response: { 204: Type.Null(), 422: FAULTS },
      },
    },
    async ({ params: { device }, body: { durationMinutes } }, reply) => {
      const rule = captures.start(device, durationMinutes);
      if (rule !== undefined) refuse([{ field: 'device', rule }]);
      return reply.code(204).send(null);
    },
  );
  app.delete<{ Params: Static<typeof DEVICE> }>(
    '/captures/:device',
    {
      config: CONTROL,
      schema: { tags: TAGS, params: DEVICE, response: { 204: Type.Null(), 404: FAULTS } },
    },
    async ({ params: { device } }, reply) => {
      if (!(await captures.stop(device))) {
        throw new ApiFault('not-found', `No capture of ${device} runs.`);
      }
      return reply.code(204).send(null);
    },
  );
  fileRoutes(app, ports);
}

function fileRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { captures } = ports;
  app.get(
    '/captureFiles',
    {
      config: READ,
      schema: {
        tags: TAGS,
        response: {
          200: Type.Array(Type.Object({ file: Type.String(), sizeBytes: Type.Integer() })),
        },
      },
    },
    async () => await captures.files(),
  );
  const released = async (
    request: FastifyRequest,
    file: string,
    content: Uint8Array | string | undefined,
  ) => {
    if (content === undefined) throw new ApiFault('not-found', `There is no ${file}.`);
    // Nothing is given that is not noted before.
    await ports.accounts.audit({
      atMs: ports.nowMs(),
      user: request.account?.name ?? '',
      from: request.ip,
      action: `${request.method} ${request.url.slice(0, 200)}`,
      ...{ outcome: 'done', detail: `${content.length} octets` },
    });
    return content;
  };
  const schema = { tags: TAGS, params: FILE, response: { 404: FAULTS } };
  app.get<{ Params: Static<typeof FILE> }>(
    '/captureFiles/:file',
    { config: READ, schema },
    async (request, reply) => {
      const { file } = request.params;
      const packets = await released(request, file, await captures.packets(file));
      void reply.header('content-disposition', `attachment; filename="${file}.pcapng"`);
      return reply.type('application/octet-stream').send(Buffer.from(packets));
    },
  );
  app.get<{ Params: Static<typeof FILE> }>(
    '/captureFiles/:file/keys',
    { config: READ, schema },
    async (request, reply) => {
      const { file } = request.params;
      const keys = await released(request, file, await captures.keys(file));
      void reply.header('content-disposition', `attachment; filename="${file}.keys"`);
      return reply.type('application/x-ndjson').send(keys);
    },
  );
}
