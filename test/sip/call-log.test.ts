/*
 * Goal: whoever has a line of the log finds all others of the same call, its records and its SIP messages.
 * Method: a call and a conference between SIP phones; the log's lines beside the records and the messages.
 */
import { CallLog } from '@conclave/callmanager';
import { expect, test } from 'vitest';
import { two } from './sip-cast.ts';
import type { SipHouse } from './sip-house.ts';

interface Line {
  readonly text: string;
  readonly calls?: readonly number[];
  readonly leg?: number;
  readonly legs?: readonly number[];
  readonly device?: string;
  readonly sipCallId?: string;
  readonly state?: string;
  readonly to?: string;
  readonly conference?: number;
}

function logOf(house: SipHouse): readonly Line[] {
  const lines: Line[] = [];
  house.calls = new CallLog({
    log: (facts, text) => void lines.push({ ...facts, text }),
    state: () => house.state,
    sipCallId: (leg) => house.sip.callIdOf(leg),
  });
  return lines;
}

test('each line of a call names its record, its leg and its SIP Call-ID', () => {
  const { house, ada } = two();
  const lines = logOf(house);
  ada.call('2002');
  house.run(400);
  const adas = ada.agent.session(ada.session)?.callId;
  ada.bye();
  house.run(400);
  const [record] = house.records;
  const connected = lines.filter(({ state }) => state === 'connected');
  expect(connected).toEqual([
    expect.objectContaining({ calls: [record?.globalCallId], leg: record?.originating.leg }),
    expect.objectContaining({ calls: [record?.globalCallId], leg: record?.destination.leg }),
  ]);
  expect(connected.find(({ device }) => device === 'ADA')?.sipCallId).toBe(adas);
  expect(lines.find(({ text }) => text === 'call record')).toMatchObject({
    calls: [record?.globalCallId],
    legs: [record?.originating.leg, record?.destination.leg],
  });
});

test("a conference's level is told with the calls of all its parties", () => {
  const { house, ada, bob } = two();
  const lines = logOf(house);
  for (const phone of [ada, bob]) {
    phone.call('5000');
    house.run(600);
  }
  const levels = lines.filter(({ text }) => text === 'conference level');
  expect(levels.at(-1)?.to).toBe('encrypted');
  for (const phone of [ada, bob]) phone.bye();
  house.run(600);
  const recorded = house.records.map(({ globalCallId }) => globalCallId);
  const told = new Set(levels.flatMap(({ calls }) => calls ?? []));
  expect(recorded.length).toBeGreaterThan(0);
  expect([...told].every((call) => recorded.includes(call))).toBe(true);
  expect(told.size).toBeGreaterThan(0);
});

test('a refusal is told with the reason', () => {
  const { house, bob } = two({}, { transport: 'udp', signalling: 'clear', srtp: 'none' });
  const lines = logOf(house);
  bob.call('5001');
  house.run(600);
  expect(lines.find(({ text }) => text === 'refused')).toMatchObject({ device: 'BOB' });
});
