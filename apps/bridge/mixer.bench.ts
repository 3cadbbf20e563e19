/**
 * What the bridge costs: CPU time of its whole process, kernel included, per participant and tick of
 * 20 ms, with SRTP in and out, everybody talking, conferences of five, on loopback.
 *
 *   node apps/bridge/mixer.bench.ts [participants] [seconds] [talkers of each conference]
 *
 * Method: the call manager and the parties run in a process of their own, whose CPU time does not
 * count; everybody sends fifty packets a second, those who do not talk send silence. One line comes
 * out. A bridge that is out of breath shows as ticks that were late by 20 ms or never happened.
 */

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FRAME_SAMPLES, PCMU, ToneGenerator } from '@conclave/audio';
import { MediaClock, TICK_MS } from '@conclave/net';
import { FakeCallManager } from '@conclave/resource/fake-call-manager';
import { startBridge } from './bridge.ts';
import { FakeParty } from './fake-party.ts';

const CONFERENCE_PARTIES = 5;
const WARM_UP_MS = 3_000;
const TONES_HZ = [400, 700, 1100, 1600, 2200];

/** What the load says: where it listens, that all have joined, and at the end what they heard. */
type News =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'joined' }
  | { readonly type: 'heard'; readonly packets: number };

const [participants = 200, seconds = 10, talkers = CONFERENCE_PARTIES] = process.argv
  .slice(2)
  .map(Number);

if (process.send) await runLoad();
else await measure();

async function measure(): Promise<void> {
  const load = fork(fileURLToPath(import.meta.url), process.argv.slice(2));
  const next = (type: News['type']): Promise<News> =>
    new Promise((resolve) => {
      load.on('message', (news: News) => {
        if (news.type === type) resolve(news);
      });
    });
  const joined = next('joined');
  const listening = await next('listening');
  const bridge = await startBridge({
    name: 'CFB000000000001',
    host: '127.0.0.1',
    port: listening.type === 'listening' ? listening.port : 0,
    sessions: Math.ceil(participants / CONFERENCE_PARTIES),
    parties: CONFERENCE_PARTIES,
    protocolVersion: 20,
  });
  await joined;
  await pause(WARM_UP_MS);
  load.send('count');
  const late = lateTicksOf(bridge.status());
  const skipped = bridge.status().ticks.skipped;
  const startMs = performance.now();
  const before = process.cpuUsage();
  await pause(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  const elapsedMs = performance.now() - startMs;
  const status = bridge.status();
  const heard = next('heard');
  load.send('stop');
  const news = await heard;
  const packets = news.type === 'heard' ? news.packets : 0;
  bridge.close();
  const ticks = elapsedMs / TICK_MS;
  const costUs = (user + system) / (participants * ticks);
  console.log(
    `${participants} SRTP participants in conferences of ${CONFERENCE_PARTIES}: ` +
      `${costUs.toFixed(1)} us of CPU per participant and tick ` +
      `(user ${(user / participants / ticks).toFixed(1)}, ` +
      `system ${(system / participants / ticks).toFixed(1)}); ` +
      `${((user + system) / elapsedMs / 10).toFixed(0)} % of a core; ` +
      `${((100 * packets) / (participants * ticks)).toFixed(1)} % of packets heard; ` +
      `${lateTicksOf(status) - late} ticks late by 20 ms, ${status.ticks.skipped - skipped} skipped`,
  );
}

function lateTicksOf({
  ticks,
}: ReturnType<Awaited<ReturnType<typeof startBridge>>['status']>): number {
  return ticks.lateness
    .filter(({ underMs }) => underMs === undefined || underMs > TICK_MS)
    .reduce((sum, each) => sum + each.ticks, 0);
}

async function runLoad(): Promise<void> {
  const manager = await FakeCallManager.listen();
  tell({ type: 'listening', port: manager.port });
  const link = await manager.nextLink();
  const parties: FakeParty[] = [];
  for (let index = 0; index < participants; index += 1) {
    const conferenceId = 1 + Math.floor(index / CONFERENCE_PARTIES);
    if (index % CONFERENCE_PARTIES === 0) {
      await link.ask('CreateConferenceReq', { conferenceId }, 'CreateConferenceRes');
    }
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    const wish = { conferenceId, callReference: index + 1, payloadType: 0, suite } as const;
    parties.push(await FakeParty.join(link, wish));
  }
  let packets = 0;
  for (const party of parties) {
    // To check what is heard costs more than the bridge; that it came is enough here.
    party.hear = (): void => {
      packets += 1;
    };
  }
  const frames = TONES_HZ.map(framesOf);
  const silence = new Uint8Array(FRAME_SAMPLES).fill(PCMU.silence);
  let tick = 0;
  const clock = new MediaClock(() => {
    tick += 1;
    for (const [index, party] of parties.entries()) {
      const seat = index % CONFERENCE_PARTIES;
      const tone = seat < talkers ? frames[seat] : undefined;
      party.send(party.outgoing.next(tone?.[tick % tone.length] ?? silence));
    }
  });
  clock.start();
  tell({ type: 'joined' });
  process.on('message', (message) => {
    if (message === 'count') packets = 0;
    if (message !== 'stop') return;
    tell({ type: 'heard', packets });
    clock.stop();
    process.disconnect?.();
    setTimeout(() => process.exit(), 100);
  });
}

/** One second of a tone, encoded. */
function framesOf(frequencyHz: number): readonly Uint8Array[] {
  const tone = new ToneGenerator({ frequenciesHz: [frequencyHz], levelDbov: -20 });
  const samples = new Int16Array(FRAME_SAMPLES);
  return Array.from({ length: 50 }, () => {
    tone.write(samples);
    const payload = new Uint8Array(FRAME_SAMPLES);
    PCMU.encode(samples, payload);
    return payload;
  });
}

function tell(news: News): void {
  process.send?.(news);
}

async function pause(durationMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, durationMs));
}
