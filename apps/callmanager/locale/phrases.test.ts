import { renderDisplayText } from '@conclave/sccp';
import { PHONE_TEXTS } from '@conclave/scenario';
import { expect, test } from 'vitest';
import { ENGLISH } from './phrases.ts';

/* Goal: what a simulated phone shows is what a real one makes of the bytes that it is sent (TIP-01). */

test.each(Object.entries(ENGLISH.texts))('%s: the code %j reads as it should', (id, wire) => {
  expect(renderDisplayText(wire)).toBe(PHONE_TEXTS[id as keyof typeof PHONE_TEXTS]);
});
