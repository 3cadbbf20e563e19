/**
 * What a datagram is before anything is believed of it: authenticated and decrypted when there is a
 * key, from the named source when there is none. It counts nothing.
 */
import { fail, ok, type Result } from '@conclave/base';
import { decodeRtpPacket, type RtpPacket } from './rtp-packet.ts';
import type { SrtpMasterKey } from './srtp-key-derivation.ts';
import { type SrtpError, SrtpReceiver } from './srtp-receiver.ts';

export interface StreamSource {
  readonly address: string;
  readonly port: number;
}

/** Why a packet is given to nobody. */
export type Refusal =
  /** SRTP that did not authenticate: tampered, with another key, or in clear text. */
  | 'unauthenticated'
  | 'replayed'
  | 'malformed'
  /** RTP from somebody else than the signalled sender, or before one was signalled. */
  | 'wrong-source';

const REFUSALS: Readonly<Record<SrtpError, Refusal>> = {
  malformed: 'malformed',
  'auth-failed': 'unauthenticated',
  replayed: 'replayed',
  'too-old': 'replayed',
  'too-many-sources': 'unauthenticated',
};

export class PacketOpener {
  readonly #srtp: SrtpReceiver | undefined;
  #source: StreamSource | undefined;

  /** Keeps nothing of the key but what is derived from it. */
  constructor(key?: SrtpMasterKey) {
    this.#srtp = key && new SrtpReceiver(key);
  }

  /** Who sends, as signalling told: without a key nobody else is heard. Port 0 is any of it. */
  expect(source: StreamSource): void {
    this.#source = source;
  }

  open(bytes: Uint8Array, from: StreamSource): Result<RtpPacket, Refusal> {
    let clear = bytes;
    if (this.#srtp) {
      const result = this.#srtp.unprotect(bytes);
      if (!result.ok) return fail(REFUSALS[result.error]);
      clear = result.value;
    } else if (!this.#isExpected(from)) return fail('wrong-source');
    const decoded = decodeRtpPacket(clear);
    return decoded.ok ? ok(decoded.value) : fail('malformed');
  }

  /** Wipes the key. */
  close(): void {
    this.#srtp?.close();
  }

  #isExpected(from: StreamSource): boolean {
    const source = this.#source;
    const isPort = source?.port === 0 || source?.port === from.port;
    return source?.address === from.address && isPort;
  }
}
