/** Reset, Restart and Apply Config of a device (ADM-08), and which have something to apply (D-25). */
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { ApiFault } from './fault.ts';
import type { ApiPorts, Configuration } from './ports.ts';
import { FAULTS } from './schemas.ts';

/** The kinds that register, and so can be sent away to come back. */
const KINDS = ['phones', 'bridges', 'musicServers', 'sipTrunks'] as const;

const ACT = Type.Object({
  name: Type.String({ maxLength: 50 }),
  action: Type.Enum(['reset', 'restart', 'apply']),
});

const WAITING = Type.Object({
  device: Type.String(),
  waitsFor: Type.Enum(['restart', 'calls']),
});

export function deviceRoutes(app: FastifyInstance, { configuration, devices }: ApiPorts): void {
  app.get(
    '/devices/waiting',
    {
      config: { permission: 'configuration:read' },
      schema: { tags: ['devices'], response: { 200: Type.Array(WAITING) } },
    },
    () => devices.waiting(),
  );
  app.post<{ Params: Static<typeof ACT> }>(
    '/devices/:name/:action',
    {
      config: { permission: 'configuration:write' },
      schema: { tags: ['devices'], params: ACT, response: { 204: Type.Null(), 404: FAULTS } },
    },
    async ({ params: { name, action } }, reply) => {
      if (!isConfigured(await configuration.read(), name)) {
        throw new ApiFault('not-found', `There is no device ${name}.`);
      }
      devices.act(name, action);
      return reply.code(204).send(null);
    },
  );
}

function isConfigured(configuration: Configuration, name: string): boolean {
  return KINDS.some((kind) =>
    configuration[kind]?.some((each) => (each as { readonly name?: unknown }).name === name),
  );
}
