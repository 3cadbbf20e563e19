import { expect, test } from 'vitest';
import { SrtcpReceiver, SrtcpSender } from './srtcp.ts';
import { keySizeOf, SRTP_SUITES, type SrtpMasterKey, saltSizeOf } from './srtp-key-derivation.ts';

/* Goal: what is not authentic, not new or not encrypted is refused and changes nothing (RFC 3711 §3.4).
 * That the bytes are right is shown against libsrtp2 in test/interop/srtp-libsrtp2.test.ts. */

const REPORT = Uint8Array.of(0x80, 201, 0, 1, 1, 2, 3, 4);
const LONGER = Uint8Array.of(0x80, 201, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8);

test.each(SRTP_SUITES)(
  '%s: every flipped bit is refused, and the packet itself still comes',
  (suite) => {
    const sealed = new SrtcpSender(master(suite)).protect(LONGER) ?? new Uint8Array();
    expect(sealed.subarray(8, 12)).not.toEqual(LONGER.subarray(8));
    const receiver = new SrtcpReceiver(master(suite));
    for (let bit = 0; bit < 8 * sealed.length; bit += 1) {
      const changed = sealed.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(receiver.open(changed)).toMatchObject({ ok: false });
    }
    expect(receiver.open(sealed)).toEqual({ ok: true, value: LONGER });
    expect(receiver.open(sealed)).toEqual({ ok: false, error: 'replayed' });
  },
);

test.each(SRTP_SUITES)('%s: every length is refused but the right one', (suite) => {
  const sealed = new SrtcpSender(master(suite)).protect(REPORT) ?? new Uint8Array();
  const receiver = new SrtcpReceiver(master(suite));
  for (let size = 0; size < sealed.length; size += 1) {
    expect(receiver.open(sealed.subarray(0, size))).toMatchObject({ ok: false });
  }
  expect(receiver.open(new Uint8Array(4_000).fill(0x80))).toEqual({
    ok: false,
    error: 'malformed',
  });
  expect(receiver.open(sealed)).toEqual({ ok: true, value: REPORT });
});

test.each(SRTP_SUITES)('%s: RTCP in clear and another key are refused', (suite) => {
  const receiver = new SrtcpReceiver(master(suite));
  const clear = new Uint8Array(64);
  clear.set(REPORT);
  expect(receiver.open(clear)).toEqual({ ok: false, error: 'clear' });
  const other = new SrtcpSender({ ...master(suite), salt: new Uint8Array(saltSizeOf(suite)) });
  expect(receiver.open(other.protect(REPORT) ?? clear)).toEqual({
    ok: false,
    error: 'unauthenticated',
  });
});

test.each(SRTP_SUITES)('%s: sources are bounded, and order does not matter', (suite) => {
  const sender = new SrtcpSender(master(suite));
  const receiver = new SrtcpReceiver(master(suite));
  const [first, second] = [sender.protect(REPORT), sender.protect(REPORT)];
  expect(second && receiver.open(second).ok).toBe(true);
  expect(first && receiver.open(first).ok).toBe(true);
  const verdicts = Array.from({ length: 9 }, (_, source) => {
    const report = REPORT.slice();
    report[7] = 100 + source;
    return receiver.open(sender.protect(report) ?? report);
  });
  expect(verdicts.map(({ ok }) => ok)).toEqual([...Array(7).fill(true), false, false]);
  expect(verdicts.at(-1)).toEqual({ ok: false, error: 'too many sources' });
});

function master(suite: (typeof SRTP_SUITES)[number]): SrtpMasterKey {
  return {
    suite,
    key: new Uint8Array(keySizeOf(suite)).map((_, index) => 7 * index),
    salt: new Uint8Array(saltSizeOf(suite)).map((_, index) => 200 - index),
  };
}
