/**
 * Endurance of the bridge: joins, leaves, holds and resumes at random, on a network that loses, delays
 * and repeats, while somebody throws hostile packets at the media ports as fast as he can.
 *
 *   npm run soak -- mixer [--minutes N] [--seed N] [--parties N]
 *
 * It fails (status 1) when memory or open sockets of the bridge grow after the warm-up, a tick is skipped
 * or late beyond the histogram's last bound, a packet number is used twice with one key, something
 * hostile is heard, or the bridge's list of a conference is not who is in it.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FRAME_SAMPLES, PCMU, ToneGenerator } from '@conclave/audio';
import { MediaClock, UdpSocket } from '@conclave/net';
import { FakeCallManager, type FakeLink } from '@conclave/resource/fake-call-manager';
import { OutgoingStream } from '@conclave/rtp';
import { bridgeCommandLine, followTicks, type Ticks } from './bench/bridge-process.ts';
import { Child } from './bench/child.ts';
import { FakeParty } from './fake-party.ts';

const CONFERENCES = 4;
const STEP_MS = 50;
const SAMPLE_MS = 5_000;
/** Of the whole time, before memory is watched. */
const WARM_UP_SHARE = 0.25;
const GROWTH_MAX = 1.05;
const TONES_HZ = [500, 800, 1100, 1400];
const HOSTILE_HZ = 2500;
/** In one step; the sender does nothing else. */
const HOSTILE_PACKETS = 400;
const LOSS = 0.02;
const DELAY = 0.02;
const REPEAT = 0.01;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    parties: { type: 'string', default: '24' },
  },
});
const endMs = performance.now() + 60_000 * Number(values.minutes);
const warmMs = performance.now() + 60_000 * Number(values.minutes) * WARM_UP_SHARE;
const partiesMax = Number(values.parties);
let seed = Number(values.seed);

/** Who is in, by call reference. */
const parties = new Map<number, FakeParty>();
const faults: string[] = [];
const memoryKb: number[] = [];
const done = { joined: 0, left: 0, resumed: 0, hostile: 0, heard: 0 };
let lastReference = 0;
let ticks: Ticks | undefined;

const manager = await FakeCallManager.listen();
const child = new Child(bridgeCommandLine(manager.port, CONFERENCES, partiesMax));
followTicks(child, (latest) => {
  ticks = latest;
});
const link = await manager.nextLink();
for (let id = 1; id <= CONFERENCES; id += 1) {
  await link.ask('CreateConferenceReq', { conferenceId: id }, 'CreateConferenceRes');
}
const intruder = await UdpSocket.open({ host: '127.0.0.1', port: 0, onPacket: () => {} });
const descriptorsBefore = descriptorCount();
const clock = new MediaClock(() => {
  for (const party of parties.values()) speak(party);
});
clock.start();
let sampledMs = performance.now();
while (performance.now() < endMs && faults.length === 0) {
  await step(link);
  attack();
  if (performance.now() - sampledMs > SAMPLE_MS) {
    sampledMs = performance.now();
    await check(link);
  }
  await new Promise((resolve) => setTimeout(resolve, STEP_MS));
}
clock.stop();
for (const reference of parties.keys()) leave(link, reference);
await link.audit(1);
if (descriptorCount() > descriptorsBefore)
  faults.push(`${descriptorCount()} descriptors at the end`);
await child.end();
await manager.close();
intruder.close();
report();

async function step(to: FakeLink): Promise<void> {
  const dice = chance();
  const references = [...parties.keys()];
  const reference = references[Math.floor(chance() * references.length)];
  if (parties.size < partiesMax && (reference === undefined || dice < 0.4)) await join(to);
  else if (reference !== undefined && dice < 0.7) leave(to, reference);
  else if (reference !== undefined) await resume(to, reference);
}

async function join(to: FakeLink): Promise<void> {
  lastReference += 1;
  const party = await FakeParty.join(to, {
    conferenceId: conferenceOf(lastReference),
    callReference: lastReference,
    payloadType: lastReference % 3 === 0 ? 8 : 0,
    suite: lastReference % 2 === 0 ? 'AES_CM_128_HMAC_SHA1_80' : 'AES_CM_128_HMAC_SHA1_32',
    toneHz: TONES_HZ[lastReference % TONES_HZ.length] ?? 0,
  });
  parties.set(lastReference, party);
  done.joined += 1;
}

function conferenceOf(callReference: number): number {
  return 1 + (callReference % CONFERENCES);
}

function leave(to: FakeLink, callReference: number): void {
  const party = parties.get(callReference);
  if (!party) return;
  parties.delete(callReference);
  judge(party);
  to.send('DropParticipantReq', { conferenceId: conferenceOf(callReference), callReference });
  party.close();
  done.left += 1;
}

/** The same leg with new keys, from another port. */
async function resume(to: FakeLink, callReference: number): Promise<void> {
  const party = parties.get(callReference);
  if (!party) return;
  judge(party);
  const resumed = await FakeParty.alone(party.options);
  await resumed.openChannels(to);
  parties.set(callReference, resumed);
  party.close();
  done.resumed += 1;
}

/** What one party has heard with one key. */
function judge(party: FakeParty): void {
  const { received, replayed } = party.incoming.counters;
  done.heard += received;
  const name = `party ${party.options.callReference}`;
  if (replayed > 0) faults.push(`${name} was sent ${replayed} packet numbers twice with one key`);
  if (party.ssrcs.size > 1) faults.push(`${name} heard ${party.ssrcs.size} sources with one key`);
  const heard = party.hears([...TONES_HZ, HOSTILE_HZ]) ?? [];
  if (heard.includes(HOSTILE_HZ)) faults.push(`${name} heard what was hostile`);
}

/** Through a network that loses, repeats, and delays by one packet. */
function speak(party: FakeParty): void {
  const packet = party.nextPacket();
  if (!packet || chance() < LOSS) return;
  if (chance() < DELAY) setTimeout(() => isIn(party) && party.send(packet), 30);
  else party.send(packet);
  if (chance() < REPEAT) party.send(packet);
}

function isIn(party: FakeParty): boolean {
  return parties.get(party.options.callReference) === party;
}

/** A loud voice in clear text, with a key of its own, and bytes that are nothing. */
function attack(): void {
  const ports = [...parties.values()].map(({ bridgePort }) => bridgePort);
  if (ports.length === 0) return;
  const tone = new ToneGenerator({ frequenciesHz: [HOSTILE_HZ], levelDbov: -6 });
  const samples = new Int16Array(FRAME_SAMPLES);
  const payload = new Uint8Array(FRAME_SAMPLES);
  const key = { key: new Uint8Array(randomBytes(16)), salt: new Uint8Array(randomBytes(14)) };
  const header = { payloadType: 0, ssrc: 666, sequenceNumber: 0, timestamp: 0 };
  const clear = new OutgoingStream(header);
  const keyed = new OutgoingStream({
    ...header,
    key: { suite: 'AES_CM_128_HMAC_SHA1_80', ...key },
  });
  for (let count = 0; count < HOSTILE_PACKETS; count += 1) {
    tone.write(samples);
    PCMU.encode(samples, payload);
    const packets = [clear.next(payload), keyed.next(payload), randomBytes(count % 400)];
    const port = ports[count % ports.length] ?? 0;
    intruder.send(packets[count % 3] ?? payload, port, '127.0.0.1');
  }
  done.hostile += HOSTILE_PACKETS;
}

async function check(to: FakeLink): Promise<void> {
  for (let id = 1; id <= CONFERENCES; id += 1) {
    const wanted = [...parties.keys()].filter((each) => conferenceOf(each) === id);
    const told = (await to.audit(id)) ?? [];
    if (told.toSorted().join() !== wanted.toSorted().join()) {
      faults.push(`conference ${id} is told to be ${told}, and is ${wanted}`);
    }
  }
  for (const party of parties.values()) judge(party);
  const latest = ticks?.lateness.at(-1);
  if (latest && latest.ticks > 0) faults.push(`${latest.ticks} ticks later than any bound`);
  if (ticks && ticks.skipped > 0) faults.push(`${ticks.skipped} ticks skipped`);
  if (performance.now() < warmMs) return;
  memoryKb.push(residentKb());
  const [first = 0] = memoryKb;
  const recent = memoryKb.slice(-3);
  // Three in a row: what a collection takes back a moment later is no leak.
  if (recent.length === 3 && recent.every((size) => size > GROWTH_MAX * first)) {
    faults.push(`memory grew from ${first} to ${recent.at(-1)} kB`);
  }
}

function residentKb(): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

function descriptorCount(): number {
  return readdirSync(`/proc/${child.pid}/fd`).length;
}

/** Mulberry32: the same seed, the same story. */
function chance(): number {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

function report(): void {
  const classes = ticks?.lateness
    .filter((each) => each.ticks > 0)
    .map(
      ({ underMs, ticks: count }) =>
        `${underMs === undefined ? 'more' : `<${underMs}`} ms: ${count}`,
    );
  console.log(
    `${done.joined} joined, ${done.left} left, ${done.resumed} resumed; ${done.heard} packets heard, ` +
      `${done.hostile} hostile ones sent\n` +
      `ticks by lateness: ${classes?.join(', ')}; skipped: ${ticks?.skipped}\n` +
      `memory after the warm-up: ${Math.min(...memoryKb)} to ${Math.max(...memoryKb)} kB`,
  );
  for (const fault of faults) console.log(`FAULT: ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
  setTimeout(() => process.exit(), 200);
}
