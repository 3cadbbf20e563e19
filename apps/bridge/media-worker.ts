/**
 * A media thread: some of the conferences, their sockets and their clock. Signalling is on another
 * thread, so that nothing it does can delay a tick.
 */
import { parentPort } from 'node:worker_threads';
import { assert } from '@conclave/base';
import { openMediaIo } from '@conclave/media-io';
import { MediaClock, TICK_MS } from '@conclave/net';
import { readClips } from '@conclave/resource';
import type { BridgeCommand } from '@conclave/sccp';
import type { FromThread, ToThread } from './media-messages.ts';
import { MediaPlane } from './media-plane.ts';

/** Failing packets are looked for this often. */
const FAILURE_WATCH_TICKS: number = 500 / TICK_MS;

const port = parentPort;
assert(port !== null, 'this is a thread of a bridge');

const io = openMediaIo();
const clock = new MediaClock(onTick);
let plane: MediaPlane | undefined;
let ticksToWatch = FAILURE_WATCH_TICKS;

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'begin':
      plane = new MediaPlane({
        ...message,
        io,
        clips: readClips(message.language),
        onDigit: (press) => tell({ type: 'digit', press }),
        onTrouble: (text) => tell({ type: 'trouble', text }),
      });
      return;
    case 'end':
      clock.stop();
      plane?.close();
      plane = undefined;
      return;
    case 'carry-out':
      void carryOut(message.id, message.command);
      return;
    case 'tell-status': {
      const { lateness, skipped } = clock.schedule;
      const status = { conferences: plane?.status() ?? [], ticks: { lateness, skipped } };
      return tell({ type: 'status', id: message.id, status });
    }
  }
});

/** Strictly one after the other: whoever asks waits for the answer before he asks again. */
async function carryOut(id: number, command: BridgeCommand): Promise<void> {
  try {
    const at = plane;
    const answer = await at?.carryOut(command);
    if (at !== plane) return;
    const conferenceCount = at?.conferenceCount ?? 0;
    if (conferenceCount > 0) clock.start();
    else clock.stop();
    tell({ type: 'carried-out', id, answer, conferenceCount, legCount: at?.legCount ?? 0 });
  } catch (error) {
    tell({ type: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
  }
}

function onTick(): void {
  plane?.tick();
  ticksToWatch -= 1;
  if (ticksToWatch > 0) return;
  ticksToWatch = FAILURE_WATCH_TICKS;
  const failures = plane?.failures() ?? [];
  if (failures.length > 0) tell({ type: 'failures', failures });
}

function tell(message: FromThread): void {
  port?.postMessage(message);
}
