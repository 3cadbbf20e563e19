/**
 * CPU of the bridge for one participant and tick, on loopback: SRTP, G.711, conferences of five. The
 * participants run in a process of their own, whose CPU is not counted.
 *
 *   node apps/bridge/mixer.bench.ts [PARTICIPANTS] [SECONDS]
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { FRAME_SAMPLES, ToneGenerator } from '@conclave/audio';
import { type KeyInfo, MediaChannel } from '@conclave/device';
import { LATENESS_BOUNDS_MS, MediaClock, TICK_MS } from '@conclave/net';
import { BridgeConference } from './conference.ts';

const CONFERENCE_SIZE = 5;
const ULAW = 4;
const HOST = '127.0.0.1';

interface Place {
  readonly port: number;
  /** Hexadecimal: key and salt towards the bridge, key and salt towards the participant. */
  readonly keys: readonly [string, string];
}

const [, , first = '200', second = '5'] = process.argv;
if (first === 'load') await load();
else await bench(Number(first), Number(second));

async function bench(participants: number, seconds: number): Promise<void> {
  const conferences: BridgeConference[] = [];
  const places: Place[] = [];
  const legs = [];
  for (let index = 0; index < participants; index += 1) {
    const id = Math.floor(index / CONFERENCE_SIZE);
    conferences[id] ??= new BridgeConference(id);
    const leg = conferences[id].add(index + 1, `P${index}`);
    const keys = [randomBytes(30).toString('hex'), randomBytes(30).toString('hex')] as const;
    const port = await leg.media.openReceive(ULAW, keyOf(keys[0]), HOST);
    places.push({ port, keys });
    legs.push(leg);
  }
  const child = fork(new URL(import.meta.url), ['load'], { serialization: 'advanced' });
  child.send(places);
  const ports = await new Promise<readonly number[]>((resolve) => {
    child.once('message', (message) => resolve(message as number[]));
  });
  for (const [index, leg] of legs.entries()) {
    leg.media.startTransmit(ULAW, keyOf(places[index]?.keys[1] ?? ''), {
      address: HOST,
      port: ports[index] ?? 0,
    });
  }
  let ticks = 0;
  const clock = new MediaClock(() => {
    ticks += 1;
    for (const conference of conferences) conference.tick();
  });
  clock.start();
  await pause(1000);
  const from = { ticks, cpu: process.cpuUsage() };
  await pause(seconds * 1000);
  const cpu = process.cpuUsage(from.cpu);
  const counted = ticks - from.ticks;
  clock.stop();
  const us = (cpu.user + cpu.system) / participants / counted;
  const counters = legs.map((leg) => leg.media.statistics().counters?.received ?? 0);
  const expected = (seconds + 1) * (1000 / TICK_MS);
  process.stdout.write(
    `${participants} SRTP participants in conferences of ${CONFERENCE_SIZE}: ` +
      `${us.toFixed(1)} µs of CPU a participant and tick; ` +
      `${((us * participants) / TICK_MS / 10).toFixed(0)} % of one core; ` +
      `packets received a participant ${Math.min(...counters)} to ${Math.max(...counters)} ` +
      `of ${expected}; skipped ticks ${clock.skipped}\n`,
  );
  const late = clock.lateness.map(
    (count, index) =>
      `${index < LATENESS_BOUNDS_MS.length ? '<' : '>='}${
        LATENESS_BOUNDS_MS[index] ?? LATENESS_BOUNDS_MS.at(-1)
      } ms ${count}`,
  );
  process.stdout.write(`lateness of ticks: ${late.join(', ')}\n`);
  child.kill();
  for (const conference of conferences) conference.close();
}

/** The participants: all of them talk. */
async function load(): Promise<void> {
  const places = await new Promise<readonly Place[]>((resolve) => {
    process.once('message', (message) => resolve(message as Place[]));
  });
  const channels: MediaChannel[] = [];
  const ports: number[] = [];
  for (const { port, keys } of places) {
    const channel = new MediaChannel();
    ports.push(await channel.openReceive(ULAW, keyOf(keys[1]), HOST));
    channel.startTransmit(ULAW, keyOf(keys[0]), { address: HOST, port });
    channels.push(channel);
  }
  process.send?.(ports);
  const tone = new ToneGenerator({ frequenciesHz: [440], levelDbov: -20 });
  const frame = new Int16Array(FRAME_SAMPLES);
  const heard = new Int16Array(FRAME_SAMPLES);
  const payload = new Uint8Array(FRAME_SAMPLES);
  const clock = new MediaClock(() => {
    tone.write(frame);
    for (const channel of channels) {
      channel.transmitCodec?.encode(frame, payload);
      channel.send(payload);
      channel.take(heard);
    }
  });
  clock.start();
}

function keyOf(hexadecimal: string): KeyInfo {
  const bytes = new Uint8Array(Buffer.from(hexadecimal, 'hex'));
  return { algorithmID: 2, key: bytes.slice(0, 16), salt: bytes.slice(16) };
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
