import { expect, test } from 'vitest';
import { CMR_COLUMNS, formatCmrHead, formatCmrLine, opinionScore } from './call-quality.ts';

/* Goal: a call management record is a line that CUCM's own readers understand (domain 3). */

const FIGURES = {
  packetsSent: 500,
  octetsSent: 80_000,
  packetsReceived: 490,
  octetsReceived: 78_400,
  packetsLost: 10,
  jitterMs: 3,
  latencyMs: 0,
};

const RECORD = {
  globalCallId: 1001,
  leg: 7,
  device: 'SEP000000001001',
  number: '1001',
  partition: 'PT "a"',
  endedMs: 1_700_000_010_999,
  durationMs: 10_500,
  figures: FIGURES,
};

const FACTS = { clusterId: 'StandAloneCluster', nodeId: 1, pkid: 'p' };

test('48 columns, all different, in two head lines', () => {
  const [names = '', types = ''] = formatCmrHead().split('\n');
  expect(new Set(names.split(',')).size).toBe(48);
  expect(types.match(/INTEGER|UNIQUEIDENTIFIER|VARCHAR\(\d+\)/g)).toHaveLength(48);
  expect(names.startsWith('"cdrRecordType","globalCallID_callManagerId"')).toBe(true);
});

test('numbers are bare, strings quoted, times are UTC seconds', () => {
  const line = formatCmrLine(RECORD, FACTS);
  expect(line.split(',')).toHaveLength(CMR_COLUMNS.length);
  expect(line).toMatch(
    /^2,1,1001,1,"1001",7,1700000010,500,80000,490,78400,10,3,0,"p","PT ""a""","StandAloneCluster","SEP000000001001","MLQK=3\.\d{4}",10,"",0,/,
  );
});

test('who heard nothing has no opinion', () => {
  const figures = { ...FIGURES, packetsReceived: 0, packetsLost: 0 };
  expect(opinionScore(figures)).toBeUndefined();
  expect(formatCmrLine({ ...RECORD, figures }, FACTS)).toContain('"SEP000000001001","",10,');
});

test('G.107: a call without fault is rated 4.4, and everything that is wrong makes it worse', () => {
  const perfect = { ...FIGURES, packetsLost: 0, jitterMs: 0 };
  expect(opinionScore(perfect)).toBeCloseTo(4.4, 1);
  const scores = [
    perfect,
    { ...perfect, packetsLost: 5 },
    { ...perfect, packetsLost: 50 },
    { ...perfect, packetsLost: 50, latencyMs: 200 },
    { ...perfect, packetsLost: 50, latencyMs: 400, jitterMs: 100 },
    { ...perfect, packetsReceived: 1, packetsLost: 1_000, latencyMs: 5_000 },
  ].map((figures) => opinionScore(figures) ?? 0);
  expect(scores).toEqual([...scores].sort((one, other) => other - one));
  expect(scores.at(-1)).toBe(1);
});
