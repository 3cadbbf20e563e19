/** Parameters, the cluster and warnings, as the administration API asks for them. */
import type { ApiPorts, Fault } from '@conclave/api';
import { unreachable } from '@conclave/base';
import {
  parameterValue,
  SERVICE_PARAMETERS,
  type StoredConfiguration,
  ValidationError,
  warningsOf,
} from '@conclave/store';
import type { ApiHouse } from './api-ports.ts';

export function systemPort(house: ApiHouse): ApiPorts['system'] {
  const { store, stored } = house;
  const change = (edit: (before: StoredConfiguration) => StoredConfiguration) =>
    attempt(house, () => store.changeConfiguration(edit));
  return {
    parameters: async () =>
      SERVICE_PARAMETERS.map((spec) => ({
        name: spec.name,
        service: spec.service,
        value: parameterValue(stored(), spec.name),
        default: spec.default,
        help: spec.help,
        ...rangeOf(spec),
        inForce: spec.inForce,
      })),
    changeParameters: (edit) =>
      change((before) => ({ ...before, serviceParameters: edit(before.serviceParameters) })),
    cluster: async () => stored().cluster,
    changeCluster: (edit) => change((before) => ({ ...before, cluster: edit(before.cluster) })),
    warnings: async () => warningsOf(stored()),
  };
}

/** The faults of what was tried; the call manager obeys what was stored. */
export async function attempt(
  { reload }: ApiHouse,
  work: () => Promise<unknown>,
): Promise<readonly Fault[]> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ValidationError) return error.faults;
    throw error;
  }
  await reload();
  return [];
}

function rangeOf({ type, choices = [], min, max }: (typeof SERVICE_PARAMETERS)[number]): {
  readonly range: string;
  readonly choices?: readonly string[];
} {
  switch (type) {
    case 'boolean':
      return { range: 'True, False', choices: ['True', 'False'] };
    case 'choice':
      return { range: choices.join(', '), choices };
    case 'number':
      return { range: `${min} to ${max}` };
    case 'digits':
      return { range: '0-9 * # +' };
    default:
      return unreachable(type);
  }
}
