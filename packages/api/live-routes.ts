/** What goes on now: conferences with their levels and reasons, calls, devices; as a stream, too. */
import type { FastifyInstance } from 'fastify';
import { ApiFault } from './fault.ts';
import type { ApiPorts } from './ports.ts';
import { EJECTION } from './schemas.ts';

const READ = { permission: 'live:read' } as const;

/** Changes within this time are told together. */
const GATHER_MS = 200;

/** A comment now and then, so that nothing between takes the silence for the end. */
const ALIVE_MS = 15_000;

const STREAMS_MAX = 100;

export function liveRoutes(app: FastifyInstance, { live }: ApiPorts): void {
  const tags = ['live'];
  const read = { config: READ, schema: { tags } };
  let streams = 0;
  app.get('/conferences', read, () => live.report().conferences);
  app.get<{ Params: { id: number } }>('/conferences/:id', read, ({ params }) => {
    const found = live.report().conferences.find(({ id }) => id === Number(params.id));
    if (!found) throw new ApiFault('not-found', `There is no conference ${params.id}.`);
    return found;
  });
  app.get('/calls', read, () => live.report().calls);
  app.get('/devices', read, () => live.report().devices);
  app.get('/refusals', read, () => live.report().refusals);
  app.get('/alarms', read, () => live.alarms());
  app.post<{ Params: { id: number }; Body: { leg: number } }>(
    '/conferences/:id/eject',
    { config: { permission: 'conferences:control' }, schema: { tags, body: EJECTION } },
    async (request, reply) => {
      const { id } = request.params;
      if (!live.eject(Number(id), request.body.leg, request.account?.name ?? '')) {
        throw new ApiFault('not-found', `Leg ${request.body.leg} is not in conference ${id}.`);
      }
      return reply.code(204).send();
    },
  );
  app.get('/live', read, (request, reply) => {
    if (streams >= STREAMS_MAX) throw new ApiFault('too-many-attempts', 'Too many streams.');
    streams += 1;
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const told = new Map<number, string>();
    let waiting: NodeJS.Timeout | undefined;
    const tell = (): void => {
      waiting = undefined;
      for (const event of differences(told, live.report().conferences)) reply.raw.write(event);
    };
    const stop = live.onChange(() => {
      waiting ??= setTimeout(tell, GATHER_MS);
    });
    const alive = setInterval(() => reply.raw.write(':\n\n'), ALIVE_MS);
    request.raw.on('close', () => {
      streams -= 1;
      stop();
      clearInterval(alive);
      clearTimeout(waiting);
    });
    tell();
  });
}

/** `conference` for each that is new or another than was told, `ended` for each that is gone. */
function differences(
  told: Map<number, string>,
  conferences: readonly { readonly id: number }[],
): readonly string[] {
  const events: string[] = [];
  const present = new Set<number>();
  for (const conference of conferences) {
    present.add(conference.id);
    const text = JSON.stringify(conference);
    if (told.get(conference.id) === text) continue;
    told.set(conference.id, text);
    events.push(`event: conference\ndata: ${text}\n\n`);
  }
  for (const id of [...told.keys()].filter((each) => !present.has(each))) {
    told.delete(id);
    events.push(`event: ended\ndata: ${JSON.stringify({ id })}\n\n`);
  }
  return events;
}
