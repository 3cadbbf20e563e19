/**
 * One SCCP message as a captured frame, as the wire would have it in clear; keys of media are taken out of it
 * and told apart, for they are kept and released apart.
 */
import { type AnyMessage, encodeMessage } from '@conclave/sccp';
import type { Outgoing } from '../adapters/sccp-phone.ts';
import type { RegisteredDevice } from '../station-hub.ts';
import { tcpFrame } from './pcapng.ts';

/** Analysers know SCCP in clear by it. */
const SCCP_PORT = 2000;

export type Direction = 'received' | 'sent';

/** Octets that were sent so far on a conversation that stands for the device's connection. */
export interface Conversation {
  readonly devicePort: number;
  received: number;
  sent: number;
}

/** A key that a message told. `receive`: of what the device hears. */
export interface ToldKey {
  readonly device: string;
  readonly direction: 'receive' | 'transmit';
  readonly callReference: number;
  readonly algorithm: number;
  readonly keyHex: string;
  readonly saltHex: string;
}

/** Undefined: a message that we cannot read is not written, as nobody knows what is in it. */
export function signallingFrame(
  device: RegisteredDevice,
  conversation: Conversation,
  { direction, message }: { readonly direction: Direction; readonly message: AnyMessage },
): { readonly frame: Uint8Array; readonly key: ToldKey | undefined } | undefined {
  if (message.name === 'Unknown') return undefined;
  const { name, body } = withoutKey(message as Outgoing);
  const payload = encodeMessage(name, body, device.version);
  const ours = { address: device.localAddress, port: SCCP_PORT, said: conversation.sent };
  const theirs = {
    address: device.address,
    port: conversation.devicePort,
    said: conversation.received,
  };
  const [from, to] = direction === 'sent' ? [ours, theirs] : [theirs, ours];
  conversation[direction] += payload.length;
  const frame = tcpFrame({
    source: from.address,
    sourcePort: from.port,
    destination: to.address,
    destinationPort: to.port,
    sequence: 1 + from.said,
    acknowledged: 1 + to.said,
    payload,
  });
  return { frame, key: keyIn(device.name, message as Outgoing) };
}

interface KeyInfo {
  readonly algorithmID?: number;
  readonly key?: Uint8Array;
  readonly salt?: Uint8Array;
}

function withoutKey(message: Outgoing): Outgoing {
  switch (message.name) {
    case 'OpenReceiveChannel': {
      const { mRxMediaEncryptionKeyInfo: info } = message.body;
      return { ...message, body: { ...message.body, mRxMediaEncryptionKeyInfo: blank(info) } };
    }
    case 'StartMediaTransmission': {
      const { mTxMediaEncryptionKeyInfo: info } = message.body;
      return { ...message, body: { ...message.body, mTxMediaEncryptionKeyInfo: blank(info) } };
    }
    default:
      return message;
  }
}

/** As long as before, all zeros. */
function blank<T extends KeyInfo>(info: T | undefined): T | Record<string, never> {
  if (!info) return {};
  const { key = new Uint8Array(0), salt = new Uint8Array(0) } = info;
  return { ...info, key: new Uint8Array(key.length), salt: new Uint8Array(salt.length) };
}

function keyIn(device: string, message: Outgoing): ToldKey | undefined {
  switch (message.name) {
    case 'OpenReceiveChannel': {
      const { mRxMediaEncryptionKeyInfo: info, callReference = 0 } = message.body;
      return toldKey(info, { device, direction: 'receive', callReference });
    }
    case 'StartMediaTransmission': {
      const { mTxMediaEncryptionKeyInfo: info, callReference = 0 } = message.body;
      return toldKey(info, { device, direction: 'transmit', callReference });
    }
    default:
      return undefined;
  }
}

function toldKey(
  { algorithmID = 0, key, salt }: KeyInfo = {},
  of: Pick<ToldKey, 'device' | 'direction' | 'callReference'>,
): ToldKey | undefined {
  if (!key || !salt || key.length === 0) return undefined;
  return {
    ...of,
    algorithm: algorithmID,
    keyHex: Buffer.from(key).toString('hex'),
    saltHex: Buffer.from(salt).toString('hex'),
  };
}
