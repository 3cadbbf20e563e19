import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '@conclave/core';
import type { Clock } from '@conclave/net';
import {
  type Flow,
  parseMessage,
  type SipMessage,
  type SipRequest,
  UserAgent,
} from '@conclave/sip';
import type { Alarm } from '@conclave/telemetry';
import { expect, test } from 'vitest';
import { AlarmLimit } from '../alarm-limit.ts';
import type { CallManagerNews } from '../news.ts';
import { PHONES } from './fake-sip-house.ts';
import { RegisteredDevices } from './registered-devices.ts';
import { SipDevices } from './sip-devices.ts';

/*
 * Goal: the decisions of the registrar become answers on the wire, events for the rules, news and alarms.
 * Method: a real user agent, a message as a phone sends it, and a clock that is set by hand.
 */

const SEED = readFileSync(
  join(import.meta.dirname, '../../../fixtures/sip/seeds/register-enterprise.sip'),
);
const NAME = 'SEP0000000000AA';

test('a phone registers, is known to the rules, and is gone with its connection', () => {
  const desk = new Desk();
  expect(desk.register()).toBe(200);
  expect(desk.events).toMatchObject([
    {
      type: 'phone-registered',
      registration: { name: NAME, signalling: 'tls-encrypted', address: '192.0.2.30' },
    },
  ]);
  expect(desk.events[0]).not.toHaveProperty('registration.standardClient');
  expect(desk.devices.peerOf(NAME)).toMatchObject({ device: NAME, isStandard: false });
  expect(desk.devices.peerOf(NAME)?.contact).toMatch(/^sip:0f1e2d3c-.*@192.0.2.30:51234/);
  desk.devices.flowClosed('tls:1');
  expect(desk.events.at(-1)).toEqual({ type: 'device-unregistered', device: NAME });
  expect(desk.devices.peerOf(NAME)).toBeUndefined();
  expect(desk.news.map(({ type }) => type)).toEqual(['registered', 'unregistered']);
});

test('a renewal is nothing new for the rules', () => {
  const desk = new Desk();
  desk.register();
  expect(desk.register({ cseq: '102 REGISTER' })).toBe(200);
  expect(desk.events).toHaveLength(1);
});

test('one that does not come back is looked for, and missed', () => {
  const desk = new Desk();
  desk.register();
  desk.pass(3_600_000);
  expect(desk.events.at(-1)).toEqual({ type: 'device-unregistered', device: NAME });
  expect(desk.isArmed).toBe(false);
});

test('who registers all the time does not put that off', () => {
  const desk = new Desk();
  desk.register();
  const { deadlineMs } = desk;
  desk.pass(1_000);
  desk.register({ cseq: '102 REGISTER' });
  expect(desk.deadlineMs).toBe(deadlineMs);
});

test('a device whose configuration has changed loses its connection', () => {
  const desk = new Desk();
  desk.register();
  desk.devices.disconnect(NAME, 'its configuration has changed');
  expect(desk.closed).toEqual(['tls:1']);
  expect(desk.devices.peerOf(NAME)).toBeUndefined();
});

test('who is refused is told, and so is the administrator', () => {
  const desk = new Desk();
  desk.commonName = 'SEP0000000000CC';
  expect(desk.register()).toBe(403);
  expect(desk.events).toEqual([]);
  expect(desk.alarms).toMatchObject([
    { name: 'DeviceRegistrationRejected', device: NAME, reason: 'certificate-name-mismatch' },
  ]);
});

class Desk {
  readonly events: Event[] = [];
  readonly alarms: Alarm[] = [];
  readonly news: CallManagerNews[] = [];
  readonly closed: string[] = [];
  readonly devices: RegisteredDevices;
  commonName: string | undefined = NAME;
  deadlineMs: number | undefined;
  isArmed = false;
  #nowMs = 0;
  #ring: () => void = () => {};
  readonly #agent: UserAgent;

  constructor() {
    const known = new SipDevices({ cluster: { id: 'C', securityMode: 'mixed' }, phones: PHONES });
    const clock: Clock = {
      nowMs: () => this.#nowMs,
      timer: (ring) => {
        this.#ring = ring;
        return {
          set: (deadlineMs) => {
            this.deadlineMs = deadlineMs;
            this.isArmed = deadlineMs !== undefined;
          },
        };
      },
    };
    this.devices = new RegisteredDevices({
      clock,
      devices: () => known,
      sealKey: new Uint8Array(32),
      commonNameOn: () => this.commonName,
      closeFlow: (flowId) => this.closed.push(flowId),
      happen: (event) => this.events.push(event),
      raise: (alarm) => this.alarms.push(alarm),
      limit: new AlarmLimit(),
      log: () => {},
      news: (news) => this.news.push(news),
    });
    let tokens = 0;
    this.#agent = new UserAgent({
      token: () => `token${tokens++}`,
      serverName: 'test',
      allow: ['REGISTER'],
      supported: [],
      allowEvents: [],
      addressOf: () => ({ sentBy: '192.0.2.1', contact: 'sip:192.0.2.1' }),
    });
  }

  /** The seed, as the phone of the configuration would send it. Gives the status of the answer. */
  register({ cseq = '101 REGISTER' } = {}): number {
    const parsed = parseMessage(SEED);
    if (!parsed.ok || parsed.value.type !== 'request') throw new Error('the seed is a request');
    const request: SipRequest = parsed.value;
    const contact = request.headers.get('Contact')?.replace('SEP00A1B2C3D4E5', NAME) ?? '';
    const via = request.headers.get('Via')?.replace('z9hG4bK', `z9hG4bK${cseq.slice(0, 3)}`) ?? '';
    const headers = request.headers
      .with('Contact', contact)
      .with('CSeq', cseq)
      .with('Via', via)
      .with('To', '<sip:3003@192.0.2.1>');
    this.#agent.receive({ ...request, headers }, FLOW, this.#nowMs);
    return this.#answer();
  }

  /** Lets the timer ring as often as it is set until then. */
  pass(forMs: number): void {
    const endMs = this.#nowMs + forMs;
    while (this.isArmed && this.deadlineMs !== undefined && this.deadlineMs <= endMs) {
      this.#nowMs = this.deadlineMs;
      this.isArmed = false;
      this.#ring();
    }
    this.#nowMs = endMs;
  }

  #answer(): number {
    const sent: SipMessage[] = [];
    for (const output of this.#agent.take()) {
      if (output.type === 'send') sent.push(output.message);
      if (output.type !== 'request') continue;
      const { transaction, request, flow } = output;
      const run = <T>(command: (agent: UserAgent, nowMs: number) => T): T =>
        command(this.#agent, this.#nowMs);
      this.devices.register(transaction, request, flow, { run });
      for (const next of this.#agent.take()) if (next.type === 'send') sent.push(next.message);
    }
    const last = sent.at(-1);
    return last?.type === 'response' ? last.status : 0;
  }
}

const FLOW: Flow = {
  id: 'tls:1',
  transport: 'tls',
  remote: { host: '192.0.2.30', port: 51_234 },
  local: { host: '192.0.2.1', port: 5_061 },
};
