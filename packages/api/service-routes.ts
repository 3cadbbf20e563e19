/** Control Centre: the processes that the supervisor runs, started, stopped and restarted. */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { ApiFault } from './fault.ts';
import type { ApiPorts } from './ports.ts';
import { FAULTS } from './schemas.ts';

const SERVICE = Type.Object({
  name: Type.String(),
  kind: Type.Enum(['call-manager', 'bridge', 'music-server']),
  state: Type.Enum(['running', 'stopped', 'ended']),
  sinceMs: Type.Integer(),
});

const ACT = Type.Object({
  name: Type.String({ maxLength: 50 }),
  action: Type.Enum(['start', 'stop', 'restart']),
});

type Act = Static<typeof ACT>;

export function serviceRoutes(app: FastifyInstance, { services }: ApiPorts): void {
  app.get(
    '/services',
    {
      config: { permission: 'configuration:read' },
      schema: { tags: ['services'], response: { 200: Type.Array(SERVICE) } },
    },
    () => services.list(),
  );
  app.post<{ Params: Act }>(
    '/services/:name/:action',
    {
      config: { permission: 'configuration:write' },
      schema: {
        tags: ['services'],
        params: ACT,
        response: { 202: Type.Null(), 404: FAULTS, 422: FAULTS },
      },
      // After the answer and the audit log: a call manager that restarts itself does neither any more.
      onResponse: async ({ params }, reply) => {
        if (reply.statusCode === 202) services.act(params.name, params.action);
      },
    },
    async ({ params: { name, action } }, reply) => {
      const service = services.list().find((each) => each.name === name);
      if (!service) throw new ApiFault('not-found', `The supervisor runs no service ${name}.`);
      if (service.kind === 'call-manager' && action === 'stop') {
        throw new ApiFault(
          'breaks-rules',
          'The call manager serves this page: stopped, nobody could start it here. Restart it.',
        );
      }
      return reply.code(202).send(null);
    },
  );
}
