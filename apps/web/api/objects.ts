/** The configured objects, each kind with the same routes: read, add, change, remove. */
import type { ConfiguredObjects } from '@conclave/api';
import {
  type QueryClient,
  type UseQueryResult,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { type Answer, ask, get } from './request.ts';

export type Kind = keyof ConfiguredObjects;

export type ObjectOf<K extends Kind> = ConfiguredObjects[K];

/** What no two objects of a kind share, as the API names them in paths. */
export function keyOf(object: object): string {
  const { name, pattern, partition } = object as Readonly<Record<string, string | undefined>>;
  if (pattern === undefined) return name ?? '';
  return partition ? `${pattern}/${partition}` : pattern;
}

export function useObjects<K extends Kind>(
  kind: K,
  enabled = true,
): UseQueryResult<readonly ObjectOf<K>[]> {
  return useQuery({
    queryKey: [`/${kind}`],
    queryFn: () => get<readonly ObjectOf<K>[]>(`/${kind}`),
    enabled,
  });
}

/** One object with its version; nothing is asked without a key. */
export function useObject<K extends Kind>(
  kind: K,
  key: string | undefined,
): UseQueryResult<Answer<ObjectOf<K>>> {
  return useQuery({
    queryKey: [`/${kind}`, key],
    queryFn: () => ask<ObjectOf<K>>('GET', pathOf(kind, key ?? '')),
    enabled: key !== undefined,
    // Who begins to edit begins with what is stored now.
    gcTime: 0,
  });
}

export interface ObjectChanges<K extends Kind> {
  add(object: ObjectOf<K>): Promise<Answer<ObjectOf<K>>>;
  change(key: string, object: ObjectOf<K>, version: string): Promise<Answer<ObjectOf<K>>>;
  remove(key: string, version: string): Promise<void>;
  /** As it is now, whoever has changed it since it was listed. */
  removeNow(key: string): Promise<void>;
}

/** Each throws a RequestFault; what has changed is asked anew wherever it is shown. */
export function useObjectChanges<K extends Kind>(kind: K): ObjectChanges<K> {
  const client = useQueryClient();
  const changed = () => refreshConfiguration(client);
  const remove = async (key: string, version: string): Promise<void> => {
    await ask('DELETE', pathOf(kind, key), { version });
    client.removeQueries({ queryKey: [`/${kind}`, key] });
    await changed();
  };
  return {
    add: async (object) => {
      const answer = await ask<ObjectOf<K>>('POST', `/${kind}`, { body: object });
      await changed();
      return answer;
    },
    change: async (key, object, version) => {
      const answer = await ask<ObjectOf<K>>('PUT', pathOf(kind, key), { body: object, version });
      await changed();
      return answer;
    },
    remove,
    removeNow: async (key) => {
      const { version = '' } = await ask('GET', pathOf(kind, key));
      await remove(key, version);
    },
  };
}

/** Whatever is shown may depend on what was changed; who has logged in and the schemas do not. */
export async function refreshConfiguration(client: QueryClient): Promise<void> {
  await client.invalidateQueries({
    predicate: ({ queryKey }) => !['/session', '/openapi.json'].includes(String(queryKey[0])),
  });
}

function pathOf(kind: Kind, key: string): string {
  return `/${kind}/${encodeURIComponent(key)}`;
}
