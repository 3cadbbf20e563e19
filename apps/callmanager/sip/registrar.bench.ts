/**
 * What registered SIP clients cost: the time of a challenge and of a registration that answers one, and the
 * memory of ten thousand of them.
 *
 *   npm run bench -- registrar
 *
 * Method: requests as bytes, read, taken by a user agent, decided, answered and written, in one process
 * without sockets. Memory is the heap after collection, less what the configuration took. The client's own
 * work is done before the clock runs, as far as it does not need the challenge.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  answerChallenge,
  encodeText,
  type Flow,
  formatMessage,
  parseMessage,
  UserAgent,
} from '@conclave/sip';
import { digestOf, type StoredPhone } from '@conclave/store';
import { AlarmLimit } from '../alarm-limit.ts';
import { RegisteredDevices } from './registered-devices.ts';
import { SipDevices } from './sip-devices.ts';

const CLIENTS = 10_000;

const phones = Array.from({ length: CLIENTS }, (_, index): StoredPhone => {
  const number = String(20_000 + index);
  return {
    ...{ name: `C${number}`, model: 'Client', firmware: '', protocol: 'SIP', description: '' },
    ...{ securityMode: 'nonsecure', standardClient: true, devicePool: 'Default' },
    ...{ location: 'Hub_None', userLocale: 'English_United_States' },
    digest: secretOf(number),
    lines: [{ index: 1, directoryNumber: number, partition: '', displayName: '', label: '' }],
  };
});

const devices = new SipDevices({ cluster: { id: 'C', securityMode: 'mixed' }, phones });
const registered = new RegisteredDevices({
  clock: { nowMs: () => nowMs, timer: () => ({ set: () => {} }) },
  devices: () => devices,
  sealKey: new Uint8Array(32).fill(1),
  commonNameOn: () => undefined,
  closeFlow: () => {},
  happen: () => {},
  raise: () => {},
  limit: new AlarmLimit(),
  log: () => {},
  news: () => {},
});
let nowMs = 1_700_000_000_000;
let tokens = 0;
const agent = new UserAgent({
  token: () => `t${tokens++}`,
  serverName: 'Conclave',
  allow: ['REGISTER', 'INVITE'],
  supported: [],
  allowEvents: [],
  addressOf: () => ({ sentBy: '192.0.2.1', contact: 'sip:192.0.2.1' }),
});

const before = heapBytes();
report('a challenge that is answered', (number) => {
  const challenge = say(number, 1, []);
  const request = parseMessage(encodeText(registerOf(number, 2, [])));
  const response = parseMessage(challenge);
  if (!request.ok || request.value.type !== 'request') throw new Error('a request');
  if (!response.ok || response.value.type !== 'response') throw new Error('a challenge');
  const given = { secret: secretOf(number), clientNonce: 'c' };
  const proof = answerChallenge(response.value, request.value, given);
  const startedMs = performance.now();
  say(number, 2, proof ? [`${proof.name}: ${proof.value}`] : []);
  return performance.now() - startedMs;
});
const { size } = registered.registrar.registrations;
const bytes = heapBytes() - before;
process.stdout.write(`${size} registered: ${(bytes / 2 ** 20).toFixed(1)} MB, `);
process.stdout.write(`${Math.round(bytes / size)} bytes each, nonces included\n`);
report('a challenge', (number) => {
  const startedMs = performance.now();
  say(number, 3, []);
  return performance.now() - startedMs;
});

/** `work` gives the milliseconds that counted. */
function report(what: string, work: (number: string) => number): void {
  let sumMs = 0;
  for (let index = 0; index < CLIENTS; index++) sumMs += work(String(20_000 + index));
  const each = ((1_000 * sumMs) / CLIENTS).toFixed(1);
  process.stdout.write(`${what}: ${each} µs\n`);
  nowMs += 60_000;
  agent.clock(nowMs);
  agent.take();
}

/** Gives the answer. */
function say(number: string, sequence: number, fields: readonly string[]): Uint8Array {
  const parsed = parseMessage(encodeText(registerOf(number, sequence, fields)));
  if (!parsed.ok) throw new Error(parsed.detail);
  agent.receive(parsed.value, flowOf(number), nowMs);
  let answer = new Uint8Array(0);
  for (let outputs = agent.take(); outputs.length > 0; outputs = agent.take()) {
    for (const output of outputs) {
      if (output.type === 'send') answer = Uint8Array.from(formatMessage(output.message));
      if (output.type !== 'request') continue;
      const { transaction, request, flow } = output;
      registered.register(transaction, request, flow, { run: (each) => each(agent, nowMs) });
    }
  }
  return answer;
}

function registerOf(number: string, sequence: number, fields: readonly string[]): string {
  return [
    'REGISTER sip:pbx.example.org SIP/2.0',
    `Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK${number}${sequence};rport`,
    'Max-Forwards: 70',
    `From: <sip:${number}@pbx.example.org>;tag=f${number}`,
    `To: <sip:${number}@pbx.example.org>`,
    `Call-ID: ${number}@client`,
    `CSeq: ${sequence} REGISTER`,
    `Contact: <sip:${number}@192.0.2.9:5060>;+sip.instance="<urn:uuid:${number}>"`,
    'Expires: 3600',
    'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, NOTIFY, INFO, MESSAGE, REFER, UPDATE',
    'Supported: replaces, norefersub, outbound, path',
    'User-Agent: client 1.0',
    ...fields,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

function flowOf(number: string): Flow {
  return {
    id: `udp:${number}`,
    transport: 'udp',
    remote: { host: `10.0.${Number(number) >> 8}.${Number(number) & 255}`, port: 5060 },
    local: { host: '192.0.2.1', port: 5060 },
  };
}

function secretOf(number: string): ReturnType<typeof digestOf> {
  return digestOf({ user: number, realm: 'conclave', password: number });
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
