/** Answers AXL requests whose sender is known and may. Whatever cannot be done throws an AxlFault. */
import type { ApiPorts, Configuration, Fault } from '../ports.ts';
import { AxlFault } from './axl-fault.ts';
import type { AxlObject } from './axl-object.ts';
import { added, type Edited, find, got, listed, removed, updated } from './axl-operations.ts';
import { keyOf, uuidOf } from './configured.ts';
import { devicesOf, RESET_OPERATIONS } from './device-actions.ts';
import { LINE } from './object-line.ts';
import { PHONE } from './object-phone.ts';
import { SIP_TRUNK } from './object-trunk.ts';
import {
  CONFERENCE_BRIDGE,
  MEDIA_RESOURCE_GROUP,
  MEDIA_RESOURCE_LIST,
  MEET_ME,
} from './objects-resources.ts';
import { COMMON_DEVICE_CONFIG, DEVICE_POOL, LOCATION } from './objects-system.ts';
import { PARAMETER_OPERATIONS } from './service-parameters.ts';
import type { AxlRequest } from './soap.ts';
import { element, type XmlElement } from './xml.ts';

export type AxlPorts = Pick<ApiPorts, 'configuration' | 'devices' | 'system'>;

/** What an operation answers with, as the content of `return`. */
export type AxlResult = readonly XmlElement[] | string;

export interface AxlOperation {
  readonly changes: boolean;
  run(request: AxlRequest, ports: AxlPorts): Promise<AxlResult>;
}

const OBJECTS: readonly AxlObject[] = [
  CONFERENCE_BRIDGE,
  MEET_ME,
  MEDIA_RESOURCE_GROUP,
  MEDIA_RESOURCE_LIST,
  DEVICE_POOL,
  LOCATION,
  COMMON_DEVICE_CONFIG,
  PHONE,
  LINE,
  SIP_TRUNK,
];

const OPERATIONS: ReadonlyMap<string, AxlOperation> = new Map([
  ...OBJECTS.flatMap(objectOperations),
  ...PARAMETER_OPERATIONS,
  ...RESET_OPERATIONS,
  [
    'getCCMVersion',
    {
      changes: false,
      // Tools choose their schema by it, so it says the one they asked with.
      run: async ({ version }) => [
        element('componentVersion', [element('version', `${version}.1.0-1`)]),
      ],
    },
  ],
]);

/** Undefined: there is none of this name. */
export function operationOf(name: string): AxlOperation | undefined {
  return OPERATIONS.get(name);
}

function objectOperations(object: AxlObject): readonly (readonly [string, AxlOperation])[] {
  return object.actions.map((action) => [`${action}${object.name}`, operation(object, action)]);
}

function operation(object: AxlObject, action: AxlObject['actions'][number]): AxlOperation {
  switch (action) {
    case 'list':
      return reading(async (request, configuration) => listed(object, request.body, configuration));
    case 'get':
      return reading(async (request, configuration) => [got(object, request.body, configuration)]);
    case 'add':
      return changing(object, added);
    case 'update':
      return changing(object, updated);
    case 'remove':
      return changing(object, removed);
    case 'apply':
    case 'reset':
    case 'restart':
      return {
        changes: true,
        run: async ({ body }, { configuration, devices }) => {
          const present = await configuration.read();
          const found = find(object, body, present);
          for (const name of devicesOf(object, found, present)) devices.act(name, action);
          return uuidOf(present, object.kind, keyOf(found));
        },
      };
  }
}

function reading(
  read: (request: AxlRequest, configuration: Configuration) => Promise<AxlResult>,
): AxlOperation {
  return {
    changes: false,
    run: async (request, { configuration }) => await read(request, await configuration.read()),
  };
}

function changing(
  object: AxlObject,
  edit: (object: AxlObject, body: XmlElement, before: Configuration) => Edited,
): AxlOperation {
  return {
    changes: true,
    run: async ({ body }, { configuration }) => {
      let uuid = '';
      const faults = await configuration.change((before) => {
        const after = edit(object, body, before);
        ({ uuid } = after);
        return after.configuration;
      });
      refuse(object, faults);
      return uuid;
    },
  };
}

/** A rule of the store, with the element that breaks it. */
function refuse({ kind, fields }: AxlObject, faults: readonly Fault[]): void {
  const [first] = faults;
  if (!first) return;
  const [object = '', ...rest] = first.field.split('].');
  const named = object.startsWith(`${kind}[`) ? rest.map((each) => /^\w+/.exec(each)?.[0]) : [];
  const tag = fields.find(({ field }) => named.includes(field))?.tag;
  throw new AxlFault('invalid', `Invalid value for ${tag ?? first.field}: ${first.rule}`);
}
