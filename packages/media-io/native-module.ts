/** The native part (native/addon.c) as it was built for this machine, and the numbers it speaks in. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FILE: string = join(
  import.meta.dirname,
  'build',
  `media-io-${process.platform}-${process.arch}.node`,
);

/** See native/legs.h for all of this; legs are numbers. */
export interface NativeModule {
  readonly version: number;
  share(
    recordsIn: Int32Array,
    arrivalsMs: Float64Array,
    packetsIn: Uint8Array,
    recordsOut: Int32Array,
    packetsOut: Uint8Array,
  ): void;
  /** A leg of the group, or a negative errno. */
  open(address: string, group: number): number;
  port(leg: number): number;
  close(leg: number): void;
  /** 0 when it could not be done; the suite is -1 for clear text. */
  listen(leg: number, suite: number, key: Uint8Array, salt: Uint8Array): number;
  stopListening(leg: number): void;
  expect(leg: number, address: string, port: number): void;
  /** 0 when it could not be done. */
  transmitTo(
    leg: number,
    suite: number,
    key: Uint8Array,
    salt: Uint8Array,
    address: string,
    port: number,
  ): number;
  stopTransmitting(leg: number): void;
  /** Packets of the next batch; 0 when all legs of the group have been read. */
  receive(group: number): number;
  /** How many of the batch were refused for a mistake of ours. */
  send(count: number): number;
}

/** Raised with every change of what passes between C and TypeScript (native/addon.c). */
const INTERFACE_VERSION = 1;

export const BATCH_PACKETS = 64;
export const PACKET_STRIDE = 2112;
export const RECORD_FIELDS = 8;

export const CLEAR_TEXT = -1;

/** Fields of a packet that came in. */
export const IN_LEG = 0;
export const IN_VERDICT = 1;
export const IN_PAYLOAD_TYPE = 2;
export const IN_SEQUENCE = 3;
export const IN_TIMESTAMP = 4;
export const IN_SSRC = 5;
export const IN_PAYLOAD_OFFSET = 6;
export const IN_PAYLOAD_LENGTH = 7;

/** Fields of a packet that goes out. */
export const OUT_LEG = 0;
export const OUT_PAYLOAD_TYPE = 1;
export const OUT_SEQUENCE = 2;
export const OUT_TIMESTAMP = 3;
export const OUT_SSRC = 4;
export const OUT_PAYLOAD_LENGTH = 5;

export function isNativeBuilt(): boolean {
  return existsSync(FILE);
}

/** Throws when it was not built, for another Node, or from other sources. */
export function loadNativeModule(): NativeModule {
  const holder: { exports: NativeModule | object } = { exports: {} };
  process.dlopen(holder as NodeJS.Module, FILE);
  const module = holder.exports as NativeModule;
  // Buffers are shared: who does not agree on them must not touch them.
  if (module.version === INTERFACE_VERSION) return module;
  throw new Error('the native part is of other sources: node packages/media-io/build.mjs');
}
