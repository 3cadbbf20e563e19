/**
 * What SRTP costs per packet: G.711 at 20 ms, 172 bytes of RTP, one source, 80-bit tag. Below it,
 * the alternatives from which the cipher, the authenticator and the packet buffers were chosen.
 *
 *   node packages/rtp/srtp.bench.ts
 *
 * Method: rounds of 20 000 packets after as many for warming up; the median round is printed, and
 * how many packets per second one core makes of it.
 */

import { createCipheriv, createHmac, hash } from 'node:crypto';
import { PacketSlab } from './packet-slab.ts';
import { encodeRtpPacket } from './rtp-packet.ts';
import type { SrtpMasterKey } from './srtp-key-derivation.ts';
import { SrtpReceiver } from './srtp-receiver.ts';
import { SrtpSender } from './srtp-sender.ts';

const PACKETS_PER_ROUND = 20_000;
const ROUNDS = 15;

const MASTER: SrtpMasterKey = {
  suite: 'AES_CM_128_HMAC_SHA1_80',
  key: new Uint8Array(16).fill(1),
  salt: new Uint8Array(14).fill(2),
};

const rtp: Uint8Array = encodeRtpPacket({
  marker: false,
  payloadType: 0,
  sequenceNumber: 0,
  timestamp: 0,
  ssrc: 0xdecafbad,
  csrcs: [],
  extension: undefined,
  payload: new Uint8Array(160).fill(0xd5),
  paddingSize: 0,
});

benchProtect();
benchUnprotect();
benchAlternatives();

function benchProtect(): void {
  const sender = new SrtpSender(MASTER);
  let index = 0;
  report('protect', () => sender.protect(numbered(index++)));
}

function benchUnprotect(): void {
  const sender = new SrtpSender(MASTER);
  const receiver = new SrtpReceiver(MASTER);
  let sent = 0;
  let received = 0;
  const packets = new Array<Uint8Array>(PACKETS_PER_ROUND);
  report(
    'unprotect',
    () => {
      const packet = packets[received++ % PACKETS_PER_ROUND];
      if (packet === undefined || !receiver.unprotect(packet).ok) throw new Error('refused');
    },
    () => {
      for (let index = 0; index < PACKETS_PER_ROUND; index++) {
        packets[index] = sender.protect(numbered(sent++));
      }
    },
  );
}

function benchAlternatives(): void {
  const key = new Uint8Array(16);
  const blocks = new Uint8Array(160);
  const ecb = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  report('  keystream: ECB cipher kept open', () => ecb.update(blocks));
  report('  keystream: new CTR cipher', () =>
    createCipheriv('aes-128-ctr', key, key).update(blocks),
  );

  const authKey = new Uint8Array(20);
  const inner = new Uint8Array(64 + 176);
  const outer = new Uint8Array(64 + 20);
  report('  tag: two one-shot hashes', () => {
    hash('sha1', inner, 'binary');
    hash('sha1', outer, 'binary');
  });
  const signed = inner.subarray(64);
  report('  tag: new Hmac', () => createHmac('sha1', authKey).update(signed).digest());

  const slab = new PacketSlab();
  report('  buffer: from a slab', () => slab.take(182));
  report('  buffer: new Uint8Array', () => new Uint8Array(182));
}

/** The one packet, with this sequence number. */
function numbered(index: number): Uint8Array {
  rtp[2] = index >> 8;
  rtp[3] = index;
  return rtp;
}

function report(name: string, run: () => unknown, prepareRound: () => void = () => {}): void {
  const durationsMs: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    prepareRound();
    const startMs = performance.now();
    for (let index = 0; index < PACKETS_PER_ROUND; index++) run();
    if (round > 0) durationsMs.push(performance.now() - startMs);
  }
  const [medianMs = 0] = durationsMs.toSorted((a, b) => a - b).slice(ROUNDS >> 1);
  const costUs = (1000 * medianMs) / PACKETS_PER_ROUND;
  const rate = Math.round(1000 / costUs);
  console.log(
    `${name.padEnd(36)}${costUs.toFixed(2).padStart(8)} us${String(rate).padStart(8)} k/s`,
  );
}
