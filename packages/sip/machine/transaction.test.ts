import { describe, expect, test } from 'vitest';
import {
  deadlineOf,
  LIFETIME_MS,
  newTransaction,
  stepTransaction,
  T1_MS,
  T2_MS,
  T4_MS,
  TRYING_MS,
  type Transaction,
  type TransactionInput,
  type TransactionKind,
} from './transaction.ts';

/*
 * Goal: the four machines of RFC 3261 §17 with RFC 6026, every phase against every input, over a
 * transport that loses messages and over one that does not. Method: tables; a cell says the next phase
 * and the outputs, `.` that nothing happens. Then the times of the timers.
 */

const INPUTS: Readonly<Record<string, TransactionInput>> = {
  request: { type: 'request' },
  ack: { type: 'ack' },
  'say 1xx': { type: 'respond', status: 180 },
  'say 2xx': { type: 'respond', status: 200 },
  'say 4xx': { type: 'respond', status: 486 },
  '1xx': { type: 'response', status: 180 },
  '2xx': { type: 'response', status: 200 },
  '4xx': { type: 'response', status: 486 },
  error: { type: 'transport-error' },
};

/** A way into each phase; the clock is in none of them. */
const WAYS: Readonly<Record<TransactionKind, Readonly<Record<string, readonly string[]>>>> = {
  'invite-client': { calling: [], proceeding: ['1xx'], completed: ['4xx'], accepted: ['2xx'] },
  client: { trying: [], proceeding: ['1xx'], completed: ['4xx'] },
  'invite-server': {
    proceeding: [],
    completed: ['say 4xx'],
    confirmed: ['say 4xx', 'ack'],
    accepted: ['say 2xx'],
  },
  server: { trying: [], proceeding: ['say 1xx'], completed: ['say 2xx'] },
};

const UDP = `
invite-client | 1xx             | 2xx           | 4xx                     | error                      | resend | end
calling       | proceeding pass | accepted pass | completed send-ack pass | terminated transport-error | calling resend | terminated timeout
proceeding    | proceeding pass | accepted pass | completed send-ack pass | terminated transport-error | -      | terminated timeout
completed     | .               | .             | completed send-ack      | terminated transport-error | -      | terminated
accepted      | .               | accepted pass | .                       | .                          | -      | terminated

client        | 1xx             | 2xx            | 4xx            | error                      | resend            | end
trying        | proceeding pass | completed pass | completed pass | terminated transport-error | trying resend     | terminated timeout
proceeding    | proceeding pass | completed pass | completed pass | terminated transport-error | proceeding resend | terminated timeout
completed     | .               | .              | .              | .                          | -                 | terminated

invite-server | request           | ack           | say 1xx         | say 2xx       | say 4xx        | error                      | resend                 | end
proceeding    | proceeding resend | .             | proceeding send | accepted send | completed send | proceeding transport-error | proceeding send-trying | -
completed     | completed resend  | confirmed     | .               | .             | .              | completed transport-error  | completed resend       | terminated timeout
confirmed     | .                 | .             | .               | .             | .              | confirmed transport-error  | -                      | terminated
accepted      | .                 | accepted pass | .               | accepted send | .              | accepted transport-error   | -                      | terminated

server        | request           | ack | say 1xx         | say 2xx        | say 4xx        | error                      | resend | end
trying        | .                 | .   | proceeding send | completed send | completed send | trying transport-error     | -      | terminated
proceeding    | proceeding resend | .   | proceeding send | completed send | completed send | proceeding transport-error | -      | terminated
completed     | completed resend  | .   | .               | .              | .              | completed transport-error  | -      | terminated
`;

/** Where a transport that loses nothing differs: the waits for what cannot come are left out. */
const TCP = `
invite-client | 1xx             | 2xx           | 4xx                      | error                      | resend | end
calling       | proceeding pass | accepted pass | terminated send-ack pass | terminated transport-error | -      | terminated timeout
proceeding    | proceeding pass | accepted pass | terminated send-ack pass | terminated transport-error | -      | terminated timeout
accepted      | .               | accepted pass | .                        | .                          | -      | terminated

client        | 1xx             | 2xx             | 4xx             | error                      | resend | end
trying        | proceeding pass | terminated pass | terminated pass | terminated transport-error | -      | terminated timeout
proceeding    | proceeding pass | terminated pass | terminated pass | terminated transport-error | -      | terminated timeout

invite-server | request           | ack           | say 1xx         | say 2xx       | say 4xx        | error                      | resend                 | end
proceeding    | proceeding resend | .             | proceeding send | accepted send | completed send | proceeding transport-error | proceeding send-trying | -
completed     | completed resend  | terminated    | .               | .             | .              | completed transport-error  | -                      | terminated timeout
accepted      | .                 | accepted pass | .               | accepted send | .              | accepted transport-error   | -                      | terminated

server        | request           | ack | say 1xx         | say 2xx         | say 4xx         | error                      | resend | end
trying        | .                 | .   | proceeding send | terminated send | terminated send | trying transport-error     | -      | terminated
proceeding    | proceeding resend | .   | proceeding send | terminated send | terminated send | proceeding transport-error | -      | terminated
`;

describe.each([
  ['a lossy transport', UDP, false],
  ['a reliable transport', TCP, true],
] as const)('over %s', (_, table, isReliable) => {
  test.each(cellsOf(table))('$kind in $phase, $input: $expected', (cell) => {
    const state = reach(cell.kind, cell.phase, isReliable);
    expect(state.phase).toBe(cell.phase);
    expect(outcome(state, cell.input)).toBe(cell.expected);
  });

  test('inputs that the table leaves out, of the other side, change nothing', () => {
    for (const [kind, phases] of Object.entries(WAYS) as [TransactionKind, object][]) {
      for (const phase of Object.keys(phases)) {
        const state = reach(kind, phase, isReliable);
        if (state.phase === 'terminated') continue;
        const others = kind.endsWith('client')
          ? ['request', 'ack', 'say 1xx', 'say 2xx', 'say 4xx']
          : ['1xx', '2xx', '4xx'];
        for (const input of others) expect(outcome(state, input)).toBe('.');
      }
    }
  });

  test('a terminated transaction hears nothing', () => {
    for (const kind of Object.keys(WAYS) as TransactionKind[]) {
      const state = { ...newTransaction(kind, isReliable, 0), phase: 'terminated' } as const;
      for (const input of Object.keys(INPUTS)) expect(outcome(state, input)).toBe('.');
    }
  });
});

describe('timers', () => {
  const lifetime = [500, 1500, 3500, 7500, 15_500, 31_500];
  test.each([
    ['A: an INVITE is repeated in doubling pauses until B', 'invite-client', [], lifetime],
    [
      'E: other requests too, up to T2, until F',
      'client',
      [],
      [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
    ],
    [
      'E after a provisional response: every T2',
      'client',
      ['1xx'],
      [500, 4500, 8500, 12_500, 16_500, 20_500, 24_500, 28_500],
    ],
    [
      'G: a failure is repeated up to T2 until H',
      'invite-server',
      ['say 4xx'],
      [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500],
    ],
  ] as const)('%s', (_, kind, inputs, times) => {
    let state = after(newTransaction(kind, false, 0), inputs);
    const resent: number[] = [];
    for (let now = deadlineOf(state); now < Number.POSITIVE_INFINITY; now = deadlineOf(state)) {
      const step = stepTransaction(state, { type: 'clock' }, now);
      if (step.outputs.includes('resend')) resent.push(now);
      else expect(now).toBe(LIFETIME_MS);
      state = step.state;
    }
    expect(resent).toEqual(times);
    expect(state.phase).toBe('terminated');
  });

  test.each([
    ['D', 'invite-client', ['4xx'], LIFETIME_MS],
    ['M', 'invite-client', ['2xx'], LIFETIME_MS],
    ['K', 'client', ['2xx'], T4_MS],
    ['I', 'invite-server', ['say 4xx', 'ack'], T4_MS],
    ['L', 'invite-server', ['say 2xx'], LIFETIME_MS],
    ['J', 'server', ['say 2xx'], LIFETIME_MS],
  ] as const)('%s ends the last phase of %s after %s', (_, kind, inputs, afterMs) => {
    expect(deadlineOf(after(newTransaction(kind, false, 0), inputs))).toBe(afterMs);
  });

  test('100 follows an INVITE after 200 ms, unless its user has said something (§17.2.1)', () => {
    const state = newTransaction('invite-server', true, 0);
    expect(deadlineOf(state)).toBe(TRYING_MS);
    expect(deadlineOf(after(state, ['say 1xx']))).toBe(Number.POSITIVE_INFINITY);
  });

  test('a clock that comes early does nothing', () => {
    for (const kind of Object.keys(WAYS) as TransactionKind[]) {
      const state = newTransaction(kind, false, 0);
      expect(stepTransaction(state, { type: 'clock' }, TRYING_MS - 1).outputs).toEqual([]);
    }
  });

  test('the constants are those of RFC 3261', () => {
    expect([T1_MS, T2_MS, T4_MS, LIFETIME_MS]).toEqual([500, 4000, 5000, 32_000]);
  });
});

interface Cell {
  readonly kind: TransactionKind;
  readonly phase: string;
  readonly input: string;
  readonly expected: string;
}

function cellsOf(table: string): readonly Cell[] {
  return table
    .trim()
    .split('\n\n')
    .flatMap((part) => {
      const [head = [], ...rows] = part
        .split('\n')
        .map((line) => line.split('|').map((text) => text.trim()));
      return rows.flatMap((row) =>
        head.slice(1).map((input, index) => ({
          kind: head[0] as TransactionKind,
          phase: row[0] ?? '',
          input,
          expected: row[index + 1] ?? '',
        })),
      );
    });
}

function reach(kind: TransactionKind, phase: string, isReliable: boolean): Transaction {
  return after(newTransaction(kind, isReliable, 0), WAYS[kind][phase] ?? []);
}

function after(state: Transaction, inputs: readonly string[]): Transaction {
  return inputs.reduce((each, name) => stepTransaction(each, inputOf(name), 0).state, state);
}

function inputOf(name: string): TransactionInput {
  const input = INPUTS[name];
  if (!input) throw new Error(`no input ${name}`);
  return input;
}

/** `resend` and `end` are the clock at that time; `-` is a timer that does not run. */
function outcome(state: Transaction, input: string): string {
  if (input === 'resend' || input === 'end') {
    const atMs = input === 'resend' ? state.resendAtMs : state.endAtMs;
    if (atMs === Number.POSITIVE_INFINITY) return '-';
    const step = stepTransaction(state, { type: 'clock' }, atMs);
    return [step.state.phase, ...step.outputs].join(' ');
  }
  const step = stepTransaction(state, inputOf(input), 0);
  if (step.state === state && step.outputs.length === 0) return '.';
  return [step.state.phase, ...step.outputs].join(' ');
}
