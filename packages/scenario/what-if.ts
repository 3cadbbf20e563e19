/** Steps tried on a simulation that goes on from somewhere, and what would make its conferences secure. */
import { type Remedies, remediesOf, type State } from '@conclave/core';
import { playSteps } from './play.ts';
import { namesOf } from './read/names.ts';
import { readStepsOf } from './read/scenario-file.ts';
import type { Simulation } from './simulation/simulation.ts';
import type { TraceStep } from './trace.ts';

/** Plays steps such as `1001: hold`; phones may be named by their number. Throws `ScenarioError`. */
export async function tryout(
  simulation: Simulation,
  steps: readonly string[],
): Promise<readonly TraceStep[]> {
  if (steps.length === 0) return [];
  const { cluster } = simulation;
  const names = namesOf(
    cluster.configuration,
    cluster.musics.map((each) => each.name),
  );
  const byNumber = new Map([...names.numbers].map(([name, number]) => [number, name]));
  const source = steps.map((step) => {
    const [, actor = '', rest = ''] = /^\s*([^:]+):\s*(.*)$/s.exec(step) ?? [];
    const name = byNumber.get(actor.trim()) ?? actor.trim();
    // A row of the conference list goes by its phone.
    const deed = rest.replace(/(?<=^removes? )\S+(?=\s*$)/i, (who) => byNumber.get(who) ?? who);
    return actor === '' ? `- ${step}\n` : `- ${name}: ${JSON.stringify(deed)}\n`;
  });
  const read = readStepsOf(source.join(''), 'whatif', names);
  const done = await playSteps({ cluster, steps: read }, simulation);
  return done.filter((step) => step.step > 0);
}

/** The smallest changes for one conference. */
export interface NamedRemedies extends Remedies {
  readonly conference: string;
}

/** For each conference of the state, in the order in which they began. */
export function conferenceRemedies(state: State): readonly NamedRemedies[] {
  return [...state.conferences.values()].flatMap(({ id, kind, number = '', bridge }) => {
    const found = remediesOf(state, id);
    return found
      ? [{ conference: `${kind} ${number} on ${bridge}`.replace('  ', ' '), ...found }]
      : [];
  });
}
