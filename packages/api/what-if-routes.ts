/** What if: steps are tried on a copy of the running system, which goes on as it does. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { ApiFault, refuse } from './fault.ts';
import type { ApiPorts } from './ports.ts';
import { FAULTS, LIVE_LEVEL } from './schemas.ts';

const STEPS_MAX = 20;

const TRIAL = Type.Object(
  {
    steps: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
      minItems: 1,
      maxItems: STEPS_MAX,
    }),
  },
  { additionalProperties: false },
);

const STEP = Type.Object({
  did: Type.String(),
  refused: Type.Optional(Type.String()),
  conferences: Type.Array(
    Type.Object({
      kind: Type.Enum(['ad-hoc', 'meet-me']),
      number: Type.Optional(Type.String()),
      bridge: Type.String(),
      level: LIVE_LEVEL,
      members: Type.Array(Type.Object({ name: Type.String(), level: LIVE_LEVEL })),
      why: Type.String(),
    }),
  ),
  refusals: Type.Array(Type.String()),
  ended: Type.Array(Type.Object({ from: Type.String(), to: Type.String() })),
});

export function whatIfRoutes(app: FastifyInstance, { whatIf }: ApiPorts): void {
  app.post<{ Body: { readonly steps: readonly string[] } }>(
    '/what-if',
    {
      config: { permission: 'live:read' },
      schema: {
        tags: ['live'],
        body: TRIAL,
        response: { 200: Type.Array(STEP), 422: FAULTS, 429: FAULTS },
      },
    },
    async (request) => {
      // It changes nothing.
      request.audited = 'nothing';
      const tried = await whatIf.try(request.body.steps);
      if (!tried) throw new ApiFault('too-many-attempts', 'Another trial goes on. Try again.');
      if (tried.type === 'tried') return tried.steps;
      refuse(tried.faults);
      return [];
    },
  );
}
