/** For tests: a leg on a socket that only remembers, and what is said and heard on it. */
import type { MediaIo, MediaSocket } from '@conclave/media-io';
import type { ChannelFormat } from '@conclave/sccp';
import { ParticipantLeg } from './participant-leg.ts';

export const REMOTE = { address: '127.0.0.1', port: 9 };

export interface FakeLeg {
  readonly leg: ParticipantLeg;
  readonly format: ChannelFormat;
  /** All that it was sent, oldest first. */
  readonly heard: Uint8Array[];
  sequenceNumber: number;
}

export async function openFakeLeg(number: number, format: ChannelFormat): Promise<FakeLeg> {
  const heard: Uint8Array[] = [];
  const socket: MediaSocket = {
    port: 2,
    listen() {},
    stopListening() {},
    expect() {},
    transmitTo() {},
    stopTransmitting() {},
    close() {},
    send: (_, payload) => heard.push(payload.slice()),
  };
  const io: MediaIo = {
    path: 'portable',
    open: async () => socket,
    receive() {},
    flush() {},
    close() {},
  };
  const surroundings = { io, group: 0, host: '', onDigit: () => {} };
  const leg = await ParticipantLeg.open(number, { name: '', number: '' }, surroundings);
  leg.openReceive(number, format);
  leg.startTransmit(number, format, REMOTE);
  return { leg, format, heard, sequenceNumber: 0 };
}

/** Its next packet comes, unless the network has lost it. Of G.711 and G.722 a byte is a tick of the clock. */
export function say(
  party: FakeLeg,
  payload: Uint8Array,
  { isLost = false, payloadType = party.format.payloadType as number } = {},
): void {
  party.sequenceNumber += 1;
  if (isLost) return;
  const { sequenceNumber } = party;
  const timestamp = sequenceNumber * 160;
  const header = { marker: false, payloadType, sequenceNumber, timestamp, ssrc: 1 };
  party.leg.accepted({ ...header, payload }, 20 * sequenceNumber);
}
