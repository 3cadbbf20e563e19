/** For tests: whoever is put on hold, reduced to what he hears. */
import { randomBytes } from 'node:crypto';
import { codecOf, FRAME_SAMPLES } from '@conclave/audio';
import { UdpSocket } from '@conclave/net';
import type { FakeLink } from '@conclave/resource/fake-call-manager';
import { IncomingStream, type RtpPacket, type SrtpMasterKey } from '@conclave/rtp';

export interface FakeListenerOptions {
  readonly callReference: number;
  /** 0 is µ-law, 8 is A-law. */
  readonly payloadType?: 0 | 8;
  /** False for RTP. */
  readonly secure?: boolean;
}

export class FakeListener {
  readonly options: FakeListenerOptions;
  readonly socket: UdpSocket;
  readonly key: SrtpMasterKey | undefined;
  /** Datagrams as they came. */
  readonly datagrams: Uint8Array[] = [];
  /** Those that could be decrypted, in clear. */
  readonly packets: RtpPacket[] = [];
  readonly incoming: IncomingStream;

  private constructor(options: FakeListenerOptions, socket: UdpSocket) {
    const { payloadType = 0, secure = true } = options;
    this.options = options;
    this.socket = socket;
    this.key = secure ? newKey() : undefined;
    this.incoming = new IncomingStream({
      payloadType,
      ...(this.key && { key: copyOf(this.key) }),
    });
    this.incoming.expect({ address: '127.0.0.1', port: 0 });
  }

  static async open(options: FakeListenerOptions): Promise<FakeListener> {
    let listener: FakeListener | undefined;
    const socket = await UdpSocket.open({
      host: '127.0.0.1',
      port: 0,
      onPacket: (bytes, from) => {
        if (!listener) return;
        listener.datagrams.push(bytes.slice());
        const packet = listener.incoming.receive(bytes, from, 0);
        if (packet) listener.packets.push({ ...packet, payload: packet.payload.slice() });
      },
    });
    listener = new FakeListener(options, socket);
    return listener;
  }

  /** Has the server play here; the status that it answers. */
  async start(link: FakeLink): Promise<number> {
    const { callReference, payloadType = 0 } = this.options;
    const answer = await link.ask(
      'StartMediaTransmission',
      {
        conferenceId: 1,
        callReference,
        passThroughPartyId: callReference + 1000,
        remoteIpAddr: '127.0.0.1',
        remotePortNumber: this.socket.port,
        milliSecondPacketSize: 20,
        compressionType: payloadType === 0 ? 4 : 2,
        ...(this.key && {
          mTxMediaEncryptionKeyInfo: {
            algorithmID: 2,
            keylen: 16,
            saltlen: 14,
            key: this.key.key,
            salt: this.key.salt,
          },
        }),
      },
      'StartMediaTransmissionAck',
    );
    return answer.mediaTransmissionStatus;
  }

  stop(link: FakeLink): void {
    const { callReference } = this.options;
    link.send('StopMediaTransmission', {
      conferenceId: 1,
      callReference,
      passThroughPartyId: callReference + 1000,
    });
  }

  /** What was heard, as samples, first to last. */
  get heard(): Int16Array {
    const samples = new Int16Array(this.packets.length * FRAME_SAMPLES);
    for (const [index, { payload }] of this.packets.entries()) {
      const frame = samples.subarray(index * FRAME_SAMPLES, (index + 1) * FRAME_SAMPLES);
      codecOf(this.options.payloadType ?? 0).decode(payload, frame);
    }
    return samples;
  }
}

function newKey(): SrtpMasterKey {
  const suite = 'AES_CM_128_HMAC_SHA1_80' as const;
  return { suite, key: randomBytes(16), salt: randomBytes(14) };
}

function copyOf({ suite, key, salt }: SrtpMasterKey): SrtpMasterKey {
  return { suite, key: key.slice(), salt: salt.slice() };
}
