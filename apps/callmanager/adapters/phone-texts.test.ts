import type { TextId } from '@conclave/core';
import { renderDisplayText } from '@conclave/sccp';
import { PHONE_TEXTS } from '@conclave/scenario';
import { expect, test } from 'vitest';
import { phoneText } from './phone-texts.ts';

/* Goal: what a simulated phone shows is what a real one makes of the bytes that it is sent (TIP-01). */

test.each(Object.entries(PHONE_TEXTS))('%s reads %s', (id, english) => {
  expect(renderDisplayText(phoneText(id as TextId))).toBe(english);
});
