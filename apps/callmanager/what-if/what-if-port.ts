/** Tries steps on a copy of the running system, one trial at a time, in a thread of its own. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Tried, WhatIfPort } from '@conclave/api';
import type { State } from '@conclave/core';
import { stateToJson } from '../state-json.ts';
import type { Trial } from './what-if-worker.ts';

/** A trial that takes longer is given up. */
const TRIAL_MS = 10_000;

export interface WhatIfHouse {
  readonly state: () => State;
  readonly nowMs: () => number;
}

export function whatIfPort({ state, nowMs }: WhatIfHouse): WhatIfPort {
  let isBusy = false;
  return {
    try: async (steps) => {
      if (isBusy) return undefined;
      isBusy = true;
      try {
        return await inThread({ state: stateToJson(state()), nowMs: nowMs(), steps });
      } finally {
        isBusy = false;
      }
    },
  };
}

async function inThread(trial: Trial): Promise<Tried> {
  const worker = new Worker(new URL('./what-if-worker.ts', import.meta.url), {
    execArgv: [],
    workerData: trial,
  });
  try {
    const [tried] = await once(worker, 'message', { signal: AbortSignal.timeout(TRIAL_MS) });
    return tried as Tried;
  } finally {
    await worker.terminate();
  }
}
