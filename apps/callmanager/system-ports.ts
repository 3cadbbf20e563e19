/** Parameters, the cluster and warnings, as the administration API asks for them. */
import type { ApiPorts, Fault } from '@conclave/api';
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
      SERVICE_PARAMETERS.map(({ name, service, default: preset, help, inForce, ...spec }) => ({
        name,
        service,
        value: parameterValue(stored(), name),
        default: preset,
        help,
        range:
          spec.choices?.join(', ') ?? (spec.min === undefined ? '' : `${spec.min} to ${spec.max}`),
        ...choicesOf(spec),
        inForce,
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

function choicesOf({
  type,
  choices = [],
}: Pick<(typeof SERVICE_PARAMETERS)[number], 'type' | 'choices'>): {
  choices?: readonly string[];
} {
  if (type === 'boolean') return { choices: ['True', 'False'] };
  return choices.length > 0 ? { choices } : {};
}
