/** CSeq: number and method. [rfc] RFC 3261 §20.16. */
import { fail, ok, type Result } from '@conclave/base';
import { isToken, parseNumber } from './characters.ts';
import type { Headers } from './headers.ts';

export interface CSeq {
  /** 0 ... 2^31 - 1. */
  readonly number: number;
  readonly method: string;
}

/** [rfc] RFC 3261 §8.1.1.5: less than 2^31. */
const NUMBER_MAX = 2 ** 31 - 1;

export function parseCSeq(text: string): Result<CSeq, 'bad-cseq'> {
  const blank = text.search(/[ \t]/);
  if (blank < 0) return fail('bad-cseq');
  const number = parseNumber(text.slice(0, blank), NUMBER_MAX);
  const method = text.slice(blank).trim();
  return number === undefined || !isToken(method) ? fail('bad-cseq') : ok({ number, method });
}

export function formatCSeq({ number, method }: CSeq): string {
  return `${number} ${method}`;
}

/** What the CSeq header says; undefined if it cannot be read. */
export function readCSeq(headers: Headers): CSeq | undefined {
  const parsed = parseCSeq(headers.get('CSeq') ?? '');
  return parsed.ok ? parsed.value : undefined;
}
