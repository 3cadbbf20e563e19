/** Which devices an object's reset reaches, and resets of devices by name. */
import type { Configuration } from '../ports.ts';
import { invalid, notFound } from './axl-fault.ts';
import { type AxlObject, isTrue } from './axl-object.ts';
import type { AxlOperation, AxlPorts, AxlResult } from './axl-service.ts';
import { keyOf, objectsOf, type Stored, uuidOf } from './configured.ts';
import type { AxlRequest } from './soap.ts';
import { child } from './xml.ts';

const DEVICES = ['phones', 'bridges', 'musicServers', 'sipTrunks'] as const;

const RESET_TYPES = {
  Reset: 'reset',
  Restart: 'restart',
  'Apply Configuration': 'apply',
} as const;

export const RESET_OPERATIONS: readonly (readonly [string, AxlOperation])[] = [
  ['doDeviceReset', { changes: true, run: resetDevice }],
];

/** A device itself, or those that refer to the object. */
export function devicesOf(
  { kind }: AxlObject,
  object: Stored,
  configuration: Configuration,
): readonly string[] {
  const all = DEVICES.flatMap((each) => objectsOf(configuration, each));
  const key = keyOf(object);
  switch (kind) {
    case 'devicePools':
      return namesOf(all.filter(({ devicePool }) => devicePool === key));
    case 'commonDeviceConfigurations':
      return namesOf(all.filter((each) => each.commonDeviceConfiguration === key));
    case 'lines':
      return namesOf(
        all.filter(({ lines = [] }) => (lines as readonly Stored[]).some(isLine(key))),
      );
    default:
      return [key];
  }
}

async function resetDevice(
  { body }: AxlRequest,
  { configuration, devices }: AxlPorts,
): Promise<AxlResult> {
  const name = child(body, 'deviceName')?.text ?? '';
  const present = await configuration.read();
  const kind = DEVICES.find((each) =>
    objectsOf(present, each).some((device) => device.name === name),
  );
  if (kind === undefined) throw notFound(`device ${name}`);
  const hard = child(body, 'isHardReset')?.text ?? '';
  const type = child(body, 'deviceResetType')?.text ?? '';
  if (type !== '' && !Object.hasOwn(RESET_TYPES, type)) {
    throw invalid('deviceResetType', `must be one of: ${Object.keys(RESET_TYPES).join(', ')}`);
  }
  const soft = isTrue('isHardReset', hard) ? 'reset' : 'restart';
  devices.act(name, type === '' ? soft : RESET_TYPES[type as keyof typeof RESET_TYPES]);
  return uuidOf(present, kind, name);
}

function isLine(key: string): (line: Stored) => boolean {
  return ({ directoryNumber, partition }) => keyOf({ pattern: directoryNumber, partition }) === key;
}

function namesOf(objects: readonly Stored[]): readonly string[] {
  return objects.map(({ name }) => String(name));
}
