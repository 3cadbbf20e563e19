/** The groups of media resources that a device may use, in order (domain 1.4). */
import type { Configuration } from '../configuration.ts';

/** Those of its list, then the one group of all `resources` that are in no group. */
export function groupsOf(
  configuration: Configuration,
  list: string | undefined,
  resources: readonly string[],
): readonly (readonly string[])[] {
  const named = list === undefined ? undefined : configuration.lists.get(list);
  const groups = (named ?? []).map((group) => configuration.groups.get(group) ?? []);
  const grouped = new Set([...configuration.groups.values()].flat());
  return [...groups, resources.filter((name) => !grouped.has(name))];
}
