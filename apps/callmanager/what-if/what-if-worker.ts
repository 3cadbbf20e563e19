/** The thread in which steps are tried: however long they take, the call manager goes on. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Tried, TriedStep } from '@conclave/api';
import { ScenarioError, Simulation, type TraceStep, tryout } from '@conclave/scenario';
import { stateFromJson } from '../state-json.ts';

/** What the thread is given. */
export interface Trial {
  readonly state: string;
  readonly nowMs: number;
  readonly steps: readonly string[];
}

/** Where a fault is: the line of a step, from 1, and the column. */
const PLACE = /^whatif:(\d+):\d+: (.*)$/;

parentPort?.postMessage(await tried(workerData as Trial));

async function tried({ state, nowMs, steps }: Trial): Promise<Tried> {
  try {
    const simulation = Simulation.from(stateFromJson(state), nowMs);
    return { type: 'tried', steps: (await tryout(simulation, steps)).map(viewOf) };
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const faults = error.message.split('\n').map((line) => {
      const [, at = '1', rule = line] = PLACE.exec(line) ?? [];
      return { field: `steps[${Number(at) - 1}]`, rule };
    });
    return { type: 'faults', faults };
  }
}

function viewOf({ did, refused, conferences, refusals, records }: TraceStep): TriedStep {
  return {
    did,
    ...(refused !== undefined && { refused }),
    conferences: conferences.map(({ kind, number, bridge, level, members, why }) => ({
      ...{ kind, bridge, level, why: why?.sentence ?? '' },
      ...(number !== undefined && { number }),
      members: members.map((member) => ({ name: member.name, level: member.level })),
    })),
    refusals: refusals.map(
      ({ operation, phone, sentence }) => `${operation}, ${phone}: ${sentence}`,
    ),
    ended: records.map(({ callingPartyNumber: from = '', finalCalledPartyNumber: to = '' }) => ({
      from,
      to,
    })),
  };
}
