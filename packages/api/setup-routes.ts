/** The set-up checklist: every item is checked anew whenever it is asked for. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { ApiPorts } from './ports.ts';

const STEP = Type.Object({
  id: Type.String(),
  state: Type.Enum(['done', 'open', 'optional']),
  found: Type.String(),
  page: Type.String(),
});

export function setupRoutes(app: FastifyInstance, { setup }: ApiPorts): void {
  app.get(
    '/setup',
    {
      config: { permission: 'configuration:read' },
      schema: { tags: ['setup'], response: { 200: Type.Array(STEP) } },
    },
    async () => await setup.steps(),
  );
}
