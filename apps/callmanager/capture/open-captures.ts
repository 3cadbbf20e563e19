/** Packet captures with the machine's clock and disk, and as the administration API asks for them. */
import { join } from 'node:path';
import type { CapturesPort } from '@conclave/api';
import type { Event, State } from '@conclave/core';
import { SYSTEM_CLOCK } from '@conclave/net';
import { parameterValue, type StoredConfiguration } from '@conclave/store';
import type { Alarm } from '@conclave/telemetry';
import { PacketCaptures } from './packet-captures.ts';
import { SealedFiles } from './sealed-files.ts';

export interface CaptureHouse {
  readonly dataDirectory: string;
  /** Of the key store. */
  readonly keyFolder: string;
  readonly stored: () => StoredConfiguration;
  readonly state: () => State;
  readonly happen: (event: Event) => void;
  readonly raise: (alarm: Alarm) => void;
}

const MEGABYTE = 1 << 20;

export function openCaptures(house: CaptureHouse): {
  readonly captures: PacketCaptures;
  readonly port: CapturesPort;
} {
  const keyFile = join(house.keyFolder, 'captures', 'captures.key');
  const files = new SealedFiles(join(house.dataDirectory, 'pktCap'), keyFile);
  const parameter = (name: string): string => parameterValue(house.stored(), name);
  const captures = new PacketCaptures({
    clock: SYSTEM_CLOCK,
    files,
    happen: house.happen,
    raise: house.raise,
    isTold: (device) => house.state().captures.has(device),
    isEnabled: () => parameter('Packet Capture Enable') === 'True',
    faultOf: (device) => faultOf(house.stored(), device),
    maximumFileBytes: () => Number(parameter('Packet Capture Max File Size (MB)')) * MEGABYTE,
  });
  return {
    captures,
    port: {
      running: () => captures.running(),
      start: (device, minutes) => captures.start(device, minutes),
      stop: (device) => captures.stop(device),
      files: () => files.list(),
      packets: (file) => captures.packets(file),
      keys: (file) => captures.keys(file),
    },
  };
}

function faultOf({ phones, bridges }: StoredConfiguration, device: string): string | undefined {
  if (bridges.some(({ name }) => name === device)) return undefined;
  const phone = phones.find(({ name }) => name === device);
  if (!phone) return `There is no phone or bridge ${device}.`;
  return phone.protocol === 'SCCP' ? undefined : `${device} speaks SIP, which is not captured.`;
}
