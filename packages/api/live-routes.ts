/** What goes on now: conferences with their levels and reasons, calls, devices; as a stream, too. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ApiFault } from './fault.ts';
import { LiveBoard } from './live-board.ts';
import type { ApiPorts } from './ports.ts';
import { may } from './roles.ts';
import { FAULTS, LIVE_CONFERENCE, LOCK, MUTE, PARTY, REMEDIES } from './schemas.ts';

const READ = { permission: 'live:read' } as const;
const CONTROL = { permission: 'conferences:control' } as const;

interface Named {
  readonly Params: { readonly id: string };
}

export function liveRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { live } = ports;
  const tags = ['live'];
  const read = { config: READ, schema: { tags } };
  app.get(
    '/conferences',
    { config: READ, schema: { tags, response: { 200: Type.Array(LIVE_CONFERENCE) } } },
    () => live.conferences(),
  );
  app.get<Named>(
    '/conferences/:id',
    { config: READ, schema: { tags, response: { 200: LIVE_CONFERENCE, 404: FAULTS } } },
    ({ params: { id } }) =>
      live.conferences().find((each) => String(each.id) === id) ?? missing(id),
  );
  app.get<Named>(
    '/conferences/:id/remedies',
    { config: READ, schema: { tags, response: { 200: REMEDIES, 404: FAULTS } } },
    ({ params: { id } }) => live.remedies(Number(id)) ?? missing(id),
  );
  app.get('/calls', read, () => live.report().calls);
  app.get('/devices', read, () => live.report().devices);
  app.get('/refusals', read, () => live.report().refusals);
  app.get('/alarms', read, () => live.alarms());
  controlRoutes(app, ports);
  streamRoute(app, ports);
}

function controlRoutes(app: FastifyInstance, { live }: ApiPorts): void {
  const tags = ['live'];
  app.post<Named & { Body: { leg: number } }>(
    '/conferences/:id/eject',
    { config: CONTROL, schema: { tags, body: PARTY } },
    ({ params: { id }, body: { leg }, account }, reply) => {
      if (!live.eject(Number(id), leg, account?.name ?? '')) return absent(id, leg);
      return reply.code(204).send();
    },
  );
  app.post<Named & { Body: { leg: number; muted: boolean } }>(
    '/conferences/:id/mute',
    { config: CONTROL, schema: { tags, body: MUTE } },
    ({ params: { id }, body: { leg, muted } }, reply) => {
      if (!live.mute(Number(id), leg, muted)) return absent(id, leg);
      return reply.code(204).send();
    },
  );
  app.post<Named & { Body: { locked: boolean } }>(
    '/conferences/:id/lock',
    { config: CONTROL, schema: { tags, body: LOCK } },
    ({ params: { id }, body: { locked }, account }, reply) => {
      if (!live.lock(Number(id), locked, account?.name ?? '')) return missing(id);
      return reply.code(204).send();
    },
  );
}

/** Server-sent events: `conference` for each that is new or has changed, `ended` for each that is gone. */
function streamRoute(app: FastifyInstance, { live }: ApiPorts): void {
  const board = new LiveBoard(live);
  app.get('/live', { config: READ, schema: { tags: ['live'] } }, (request, reply) => {
    if (board.isFull) throw new ApiFault('too-many-attempts', 'Too many streams.');
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const mayStill = async (): Promise<boolean> => {
      // An open page keeps nobody logged in.
      const account = await request.identify({ isUse: false });
      return account !== undefined && may(account.role, READ.permission);
    };
    const stop = board.add(reply.raw, mayStill);
    request.raw.on('close', stop);
  });
}

function missing(id: string): never {
  throw new ApiFault('not-found', `There is no conference ${id}.`);
}

function absent(id: string, leg: number): never {
  throw new ApiFault('not-found', `Leg ${leg} is not in conference ${id}.`);
}
