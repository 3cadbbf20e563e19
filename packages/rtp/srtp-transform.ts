/**
 * What a suite does to one packet: two kinds, counter mode with HMAC-SHA1 and GCM. It knows nothing of
 * replay, and never asks whether an index was used before.
 */
import type { PacketSlab } from './packet-slab.ts';
import { CounterModeTransform } from './srtp-counter-mode.ts';
import { GcmTransform } from './srtp-gcm.ts';
import {
  deriveSessionKeys,
  isGcm,
  type SrtpMasterKey,
  tagSizeOf,
  wipeSessionKeys,
} from './srtp-key-derivation.ts';

/** Which packet; together with the key it names the keystream. */
export interface PacketPosition {
  ssrc: number;
  rolloverCounter: number;
  sequenceNumber: number;
}

/** A packet, and where its payload and its tag begin. */
export interface PacketParts {
  readonly bytes: Uint8Array;
  readonly headerSize: number;
  /** Without the tag. */
  readonly length: number;
}

export interface SrtpTransform {
  readonly tagSize: number;
  /** Encrypts in place, and writes the tag behind `length`, where there is room. */
  seal(packet: PacketParts, position: PacketPosition): void;
  /** The packet without tag, in fresh bytes; undefined when it is not authentic. */
  open(packet: PacketParts, position: PacketPosition, slab: PacketSlab): Uint8Array | undefined;
  /** Wipes the keys. */
  close(): void;
}

/** Keeps nothing of the master key but what is derived from it. */
export function openTransform(master: SrtpMasterKey): SrtpTransform {
  const keys = deriveSessionKeys(master);
  const transform = isGcm(master.suite)
    ? new GcmTransform(keys)
    : new CounterModeTransform(keys, tagSizeOf(master.suite));
  wipeSessionKeys(keys);
  return transform;
}
