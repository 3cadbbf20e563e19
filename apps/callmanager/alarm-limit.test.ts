import { expect, test } from 'vitest';
import { AlarmLimit } from './alarm-limit.ts';

/* Goal: one source cannot drown the alarms of others, and is heard again later. */

test('twenty alarms of one source in ten seconds, whatever others do', () => {
  const limit = new AlarmLimit();
  const allowed = Array.from({ length: 50 }, () => limit.allows('10.0.0.1', 1_000_000));
  expect(allowed.filter(Boolean)).toHaveLength(20);
  expect(limit.allows('10.0.0.2', 1_000_000)).toBe(true);
  expect(limit.allows('10.0.0.1', 1_009_999)).toBe(false);
  expect(limit.allows('10.0.0.1', 1_010_000)).toBe(true);
});
