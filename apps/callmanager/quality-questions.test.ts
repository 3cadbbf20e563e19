import type { CallDetailRecord, CallQualityRecord } from '@conclave/core';
import { expect, test } from 'vitest';
import { QualityQuestions } from './quality-questions.ts';

/* Goal: each figure is of the leg and the device that it is said to be of; silence costs nothing. */

const FIGURES = {
  packetsSent: 1,
  octetsSent: 160,
  packetsReceived: 2,
  octetsReceived: 320,
  packetsLost: 0,
  jitterMs: 1,
  latencyMs: 0,
};

test('both sides of a leg are asked, the bridge by the leg of its participant', () => {
  const { asked, records, questions } = stage();
  questions.legEnded(ended(7), 0);
  expect(asked).toEqual(['P 7', 'SB 7']);
  expect(questions.answered('SB', 7, FIGURES, 5)).toBe(true);
  expect(records).toEqual([
    {
      globalCallId: 1007,
      leg: 7,
      device: 'SB',
      number: 'b1',
      partition: '',
      endedMs: 5_000,
      durationMs: 4_000,
      figures: FIGURES,
    },
  ]);
});

test('an answer that nobody asked for, twice, from another or too late is none', () => {
  const { records, questions } = stage();
  questions.legEnded(ended(7), 0);
  expect(questions.answered('P', 8, FIGURES, 1)).toBe(false);
  expect(questions.answered('Q', 7, FIGURES, 1)).toBe(false);
  expect(questions.answered('P', 7, FIGURES, 1)).toBe(true);
  expect(questions.answered('P', 7, FIGURES, 1)).toBe(false);
  expect(questions.answered('SB', 7, FIGURES, 10_001)).toBe(false);
  expect(records).toHaveLength(1);
});

test('a leg that was never connected, and a device that cannot be asked, are left alone', () => {
  const { asked, questions } = stage();
  const { connectedMs: _never, ...refused } = ended(7);
  questions.legEnded(refused, 0);
  expect(asked).toEqual([]);
  questions.legEnded({ ...ended(8), originating: { ...ended(8).originating, device: 'SIP' } }, 0);
  expect(questions.answered('SIP', 8, FIGURES, 0)).toBe(false);
});

test('devices that never answer: the oldest questions are given up', () => {
  const { questions } = stage();
  for (let leg = 1; leg <= 6_000; leg += 1) questions.legEnded(ended(leg), 0);
  expect(questions.answered('P', 1, FIGURES, 0)).toBe(false);
  expect(questions.answered('P', 6_000, FIGURES, 0)).toBe(true);
});

function stage(): {
  readonly asked: string[];
  readonly records: CallQualityRecord[];
  readonly questions: QualityQuestions;
} {
  const asked: string[] = [];
  const records: CallQualityRecord[] = [];
  const questions = new QualityQuestions({
    ask: (device, _number, leg) => {
      if (device === 'SIP') return false;
      asked.push(`${device} ${leg}`);
      return true;
    },
    record: (record) => records.push(record),
  });
  return { asked, records, questions };
}

function ended(leg: number): CallDetailRecord {
  const party = {
    number: '1001',
    partition: '',
    payloadCapability: 4,
    cause: 16,
    terminationOnBehalfOf: 0,
    conversationId: 0,
  };
  return {
    globalCallId: 1000 + leg,
    originatedMs: 0,
    connectedMs: 1_000,
    disconnectedMs: 5_000,
    originating: { ...party, device: 'P', leg },
    destination: { ...party, device: 'SB', leg: 0, number: 'b1', conversationId: 3 },
    originalCalledNumber: '',
    finalCalledNumber: '',
    lastRedirectNumber: '',
    calledPartition: '',
    redirectOnBehalfOf: 0,
    redirectReason: 0,
    joinOnBehalfOf: 0,
    comment: '',
    securedStatus: 'encrypted',
  };
}
