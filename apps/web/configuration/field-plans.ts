/** What can be chosen in each field: the names of the objects that it refers to. */
import type { Kind } from '../api/objects.ts';
import { keyOf, useObjects } from '../api/objects.ts';
import type { FieldPlan } from '../kit/object-form.tsx';
import type { KindField } from './kind-plans.ts';

export function useFieldPlans(fields: readonly KindField[]): readonly FieldPlan[] {
  const wanted = new Set(fields.flatMap(({ refersTo = [] }) => refersTo));
  // Hooks are asked in the same order every time; what is not wanted is not fetched.
  const names: Partial<Record<Kind, readonly string[]>> = {
    devicePools: useNames('devicePools', wanted),
    locations: useNames('locations', wanted),
    commonDeviceConfigurations: useNames('commonDeviceConfigurations', wanted),
    mediaResourceLists: useNames('mediaResourceLists', wanted),
    mediaResourceGroups: useNames('mediaResourceGroups', wanted),
    bridges: useNames('bridges', wanted),
    musicServers: useNames('musicServers', wanted),
    sipTrunks: useNames('sipTrunks', wanted),
  };
  return fields.map(({ refersTo, ...field }) => ({
    ...field,
    ...(refersTo && { options: refersTo.flatMap((kind) => names[kind] ?? []) }),
  }));
}

function useNames(kind: Kind, wanted: ReadonlySet<Kind>): readonly string[] {
  const { data } = useObjects(kind, wanted.has(kind));
  return (data ?? []).map(keyOf);
}
