import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  encodeRtpPacket,
  keySizeOf,
  SRTP_SUITES,
  SrtcpReceiver,
  SrtcpSender,
  type SrtpMasterKey,
  SrtpReceiver,
  SrtpSender,
  type SrtpSuite,
  saltSizeOf,
} from '@conclave/rtp';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

/*
 * Goal: our SRTP and that of libsrtp2 are the same, packet by packet and verdict by verdict.
 * Method: srtp-libsrtp2.c is compiled against Debian's libsrtp2-dev and driven line by line; both
 * ends see the same journey: numbers that wrap, losses, reordering, replays, packets too old, and
 * flipped bits.
 *
 * Without gcc or libsrtp2-dev the tests are skipped, and say so.
 */

const ROUNDS = 30;
/** 12 bytes, two CSRC, an extension of two words. */
const HEADER_SIZE_MAX: number = 12 + 8 + 12;
const folder: string = mkdtempSync(join(tmpdir(), 'srtp-libsrtp2-'));
const program: string | undefined = compile(join(folder, 'srtp-libsrtp2'));

/** What libsrtp calls it (srtp.h), and what we call it. */
const VERDICT_BY_STATUS: ReadonlyMap<string, string> = new Map([
  ['0', 'ok'],
  ['7', 'auth-failed'],
  ['9', 'replayed'],
  ['10', 'too-old'],
]);

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(program === undefined).each(SRTP_SUITES)('%s', (suite) => {
  test('what we protect, libsrtp unprotects, and both protect to the same bytes', () => {
    fc.assert(
      fc.property(masters(suite), journeys(), (master, journey) => {
        const sender = new SrtpSender(master);
        const packets = journey.map(({ rtp }) => sender.protect(rtp));
        const unprotected = drive(master, packets.map(unprotectCommand));
        expect(unprotected).toEqual(journey.map(({ rtp }) => ({ verdict: 'ok', bytes: rtp })));
        const theirs = drive(
          master,
          journey.map(({ rtp }) => protectCommand(rtp)),
        );
        expect(theirs.map(({ bytes }) => bytes.toHex())).toEqual(packets.map((p) => p.toHex()));
      }),
      { numRuns: ROUNDS },
    );
  });

  test('SRTCP: both protect to the same bytes, and each opens what the other made', () => {
    fc.assert(
      fc.property(masters(suite), controls(), (master, packets) => {
        const sender = new SrtcpSender(master);
        const ours = packets.map((packet) => sender.protect(packet) ?? new Uint8Array());
        const theirs = drive(
          master,
          packets.map((packet) => `P ${packet.toHex()}`),
        );
        expect(theirs.map(({ bytes }) => bytes.toHex())).toEqual(ours.map((each) => each.toHex()));
        const opened = drive(
          master,
          ours.map((each) => `U ${each.toHex()}`),
        );
        expect(opened).toEqual(packets.map((packet) => ({ verdict: 'ok', bytes: packet })));
        const receiver = new SrtcpReceiver(master);
        expect(theirs.map(({ bytes }) => receiver.open(bytes))).toEqual(
          packets.map((packet) => ({ ok: true, value: packet })),
        );
      }),
      { numRuns: ROUNDS },
    );
  });

  test('what libsrtp protects, we unprotect', () => {
    fc.assert(
      fc.property(masters(suite), journeys(), (master, journey) => {
        const receiver = new SrtpReceiver(master);
        const packets = drive(
          master,
          journey.map(({ rtp }) => protectCommand(rtp)),
        );
        for (const [index, { bytes }] of packets.entries()) {
          expect(receiver.unprotect(bytes)).toEqual({ ok: true, value: journey[index]?.rtp });
        }
      }),
      { numRuns: ROUNDS },
    );
  });

  test('both receivers agree on a network that loses, reorders, repeats and forges', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(masters(suite), journeys(), (master, journey) => {
        const sender = new SrtpSender(master);
        const packets = journey.map(({ rtp }) => sender.protect(rtp));
        const arrivals = journey.flatMap((step, index) => arrivalsAfter(step, packets, index));
        const theirs = drive(master, arrivals.map(unprotectCommand));
        const receiver = new SrtpReceiver(master);
        const ours = arrivals.map((packet) => {
          const answer = receiver.unprotect(packet);
          return answer.ok
            ? { verdict: 'ok', bytes: answer.value }
            : { verdict: answer.error, bytes: new Uint8Array(0) };
        });
        expect(ours).toEqual(theirs);
        for (const { verdict } of ours) seen.add(verdict);
      }),
      { numRuns: ROUNDS },
    );
    expect([...seen].toSorted()).toEqual(['auth-failed', 'ok', 'replayed', 'too-old']);
  });
});

/** One packet sent, and what the network does at that moment. */
interface Step {
  readonly rtp: Uint8Array;
  readonly isLost: boolean;
  /** Packets sent so many before this one arrive (again) after it. */
  readonly again: readonly number[];
  /** Of the packet that arrives in addition, damaged; undefined for none. */
  readonly flippedBit: number | undefined;
}

interface Answer {
  readonly verdict: string;
  readonly bytes: Uint8Array;
}

/**
 * 60 to 150 packets of one source. Mostly one after the other, now and then a gap of up to 30 000,
 * so that the numbers wrap several times.
 */
function journeys(): fc.Arbitrary<readonly Step[]> {
  const step = fc.record({
    advance: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 30_000 }) },
    ),
    payload: fc.uint8Array({ maxLength: 180 }),
    csrcCount: fc.constantFrom(0, 0, 0, 2),
    hasExtension: fc.constantFrom(false, false, true),
    isLost: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
    again: fc.array(fc.integer({ min: 0, max: 140 }), { maxLength: 3 }),
    flippedBit: fc.option(fc.nat(), { nil: undefined }),
  });
  const start = fc.integer({ min: 0, max: 0x7fff });
  return fc
    .tuple(start, fc.array(step, { minLength: 60, maxLength: 150 }))
    .map(([first, steps]) => {
      let index = first;
      return steps.map(({ advance, payload, csrcCount, hasExtension, ...network }) => {
        index += advance;
        const rtp = encodeRtpPacket({
          marker: false,
          payloadType: 0,
          sequenceNumber: index & 0xffff,
          timestamp: (160 * index) >>> 0,
          ssrc: 0xdecafbad,
          csrcs: new Array<number>(csrcCount).fill(0x0102_0304),
          extension: hasExtension
            ? { profile: 0xbede, data: new Uint8Array(8).fill(5) }
            : undefined,
          payload,
          paddingSize: 0,
        });
        return { rtp, ...network };
      });
    });
}

/**
 * The first packet arrives always: before it, the two receivers differ on purpose (late joiner).
 */
function arrivalsAfter(
  step: Step,
  packets: readonly Uint8Array[],
  index: number,
): readonly Uint8Array[] {
  const indices = step.isLost && index > 0 ? [] : [index];
  for (const before of step.again) if (before <= index) indices.push(index - before);
  const arrivals = indices.flatMap((sent) => packets[sent] ?? []);
  const packet = packets[index];
  if (step.flippedBit === undefined || packet === undefined || index === 0) return arrivals;
  // Only behind the header: on malformed headers the two have other words for the same refusal.
  const bit = 8 * HEADER_SIZE_MAX + (step.flippedBit % (8 * packet.length));
  return bit < 8 * packet.length ? [...arrivals, flip(packet, bit)] : arrivals;
}

function drive(master: SrtpMasterKey, commands: readonly string[]): readonly Answer[] {
  if (program === undefined) throw new Error('the tests that need the program are skipped');
  const output = execFileSync(program, [master.suite, master.key.toHex() + master.salt.toHex()], {
    input: commands.map((command) => `${command}\n`).join(''),
    encoding: 'latin1',
    maxBuffer: 2 ** 26,
  });
  return output
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [status = '', hex = ''] = line.split(' ');
      return { verdict: VERDICT_BY_STATUS.get(status) ?? status, bytes: Uint8Array.fromHex(hex) };
    });
}

function protectCommand(rtp: Uint8Array): string {
  return `p ${rtp.toHex()}`;
}

function unprotectCommand(packet: Uint8Array): string {
  return `u ${packet.toHex()}`;
}

function bytes(size: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: size, maxLength: size });
}

function masters(suite: SrtpSuite): fc.Arbitrary<SrtpMasterKey> {
  return fc.record({
    suite: fc.constant(suite),
    key: bytes(keySizeOf(suite)),
    salt: bytes(saltSizeOf(suite)),
  });
}

/** Receiver reports of one source, as long as they like. */
function controls(): fc.Arbitrary<readonly Uint8Array[]> {
  const one = fc.integer({ min: 1, max: 60 }).chain((words) => bytes(4 * words));
  return fc.array(one, { minLength: 1, maxLength: 20 }).map((bodies) =>
    bodies.map((body) => {
      const words = body.length / 4 + 1;
      return Uint8Array.of(0x81, 201, words >> 8, words & 0xff, 1, 2, 3, 4, ...body);
    }),
  );
}

function flip(packet: Uint8Array, bit: number): Uint8Array {
  const flipped = packet.slice();
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

/** Returns the path of the program, or undefined where there is no compiler or no libsrtp2-dev. */
function compile(path: string): string | undefined {
  try {
    const input = '#include <srtp2/srtp.h>\n';
    execFileSync('gcc', ['-fsyntax-only', '-x', 'c', '-'], { input, stdio: 'pipe' });
  } catch {
    return undefined;
  }
  const source = join(import.meta.dirname, 'srtp-libsrtp2.c');
  execFileSync('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', path, source, '-lsrtp2']);
  return path;
}
