/** Records: search, export, and the signed timelines of conferences. */
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ApiFault } from './fault.ts';
import type { ApiPorts } from './ports.ts';
import type { RecordFilter, RecordFormat, RecordKind } from './record-ports.ts';
import { FAULTS } from './schemas.ts';

const READ = { permission: 'records:read' } as const;
const TAGS = ['records'];
const KINDS = ['calls', 'quality'] as const satisfies readonly RecordKind[];
const PAGE_RECORDS = 100;
const TIMELINES_MOST = 200;

/** Values of a question are texts. */
const number = (digits: number) => Type.Optional(Type.String({ pattern: `^\\d{1,${digits}}$` }));

const FILTER = {
  from: number(15),
  to: number(15),
  number: Type.Optional(Type.String({ maxLength: 50 })),
  device: Type.Optional(Type.String({ maxLength: 50 })),
  conference: number(10),
  level: Type.Optional(Type.Enum(['0', '1', '2'])),
  conferenceLevel: Type.Optional(Type.Enum(['0', '1', '2'])),
};

type Asked = Readonly<Partial<Record<keyof typeof FILTER, string>>>;

const RECORD = Type.Record(Type.String(), Type.Union([Type.Integer(), Type.String()]));

const CONTENT: Readonly<Record<RecordFormat, string>> = {
  cucm: 'text/plain; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

export function recordRoutes(app: FastifyInstance, { records }: ApiPorts): void {
  for (const kind of KINDS) {
    app.get<{ Querystring: Asked & { most?: string; after?: string } }>(
      `/records/${kind}`,
      {
        config: READ,
        schema: {
          tags: TAGS,
          querystring: Type.Object(
            {
              ...FILTER,
              most: Type.Optional(Type.String({ pattern: '^([1-9]\\d?|[1-4]\\d\\d|500)$' })),
              after: Type.Optional(Type.String({ pattern: '^\\d{1,12}:\\d{1,6}$' })),
            },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({ records: Type.Array(RECORD), next: Type.Optional(Type.String()) }),
          },
        },
      },
      async ({ query: { most, after, ...asked } }) =>
        await records.search(kind, filterOf(asked), {
          most: Number(most ?? PAGE_RECORDS),
          ...(after !== undefined && { after }),
        }),
    );
    app.get<{ Querystring: Asked & { format?: RecordFormat } }>(
      `/records/${kind}/export`,
      {
        config: READ,
        schema: {
          tags: TAGS,
          querystring: Type.Object(
            { ...FILTER, format: Type.Optional(Type.Enum(['cucm', 'csv', 'json'])) },
            { additionalProperties: false },
          ),
        },
      },
      ({ query: { format = 'cucm', ...asked } }, reply) => {
        const extension = format === 'cucm' ? 'txt' : format;
        void reply.header('content-disposition', `attachment; filename="${kind}.${extension}"`);
        return reply
          .type(CONTENT[format])
          .send(Readable.from(records.export(kind, filterOf(asked), format)));
      },
    );
  }
  timelineRoutes(app, records);
}

function timelineRoutes(app: FastifyInstance, records: ApiPorts['records']): void {
  app.get(
    '/records/timelines',
    {
      config: READ,
      schema: {
        tags: TAGS,
        response: {
          200: Type.Array(
            Type.Object({
              file: Type.String(),
              conference: Type.Optional(Type.Integer()),
              number: Type.Optional(Type.String()),
              startedMs: Type.Optional(Type.Integer()),
              levels: Type.Array(Type.String()),
              signedBy: Type.Optional(Type.String()),
              fault: Type.Optional(Type.String()),
            }),
          ),
        },
      },
    },
    async () => await records.timelines(TIMELINES_MOST),
  );
  app.get<{ Params: { file: string } }>(
    '/records/timelines/:file',
    { config: READ, schema: { tags: TAGS, response: { 404: FAULTS } } },
    async ({ params: { file } }, reply) => {
      const text = await records.timeline(file);
      if (text === undefined) throw new ApiFault('not-found', `There is no timeline ${file}.`);
      void reply.header('content-disposition', `attachment; filename="${file}"`);
      return reply.type('text/plain; charset=utf-8').send(text);
    },
  );
}

function filterOf({
  from,
  to,
  number,
  device,
  conference,
  level,
  conferenceLevel,
}: Asked): RecordFilter {
  return {
    ...(from !== undefined && { fromMs: Number(from) }),
    ...(to !== undefined && { toMs: Number(to) }),
    ...(number !== undefined && number !== '' && { number }),
    ...(device !== undefined && device !== '' && { device }),
    ...(conference !== undefined && { conference: Number(conference) }),
    ...(level !== undefined && { level: Number(level) }),
    ...(conferenceLevel !== undefined && { conferenceLevel: Number(conferenceLevel) }),
  };
}
