/**
 * Which music-on-hold server plays to a held party (domain 1.4): the groups of the holding device's list
 * in their order, then the servers in no group; inside a group a fitting one with the fewest streams.
 */
import type { Configuration } from '../configuration.ts';
import type { MusicRegistration } from '../registration.ts';
import { groupsOf } from './groups.ts';

export interface MusicWish {
  /** Only a secure server will do: the party that hears it is in an encrypted call. */
  readonly secure: boolean;
  /** The list of the device that holds; absent means the default list. */
  readonly list: string | undefined;
}

export function selectMusic(
  configuration: Configuration,
  wish: MusicWish,
  musics: ReadonlyMap<string, MusicRegistration>,
  streamsOf: (name: string) => number,
): MusicRegistration | undefined {
  for (const group of groupsOf(configuration, wish.list, [...musics.keys()])) {
    const free = group
      .flatMap((name) => musics.get(name) ?? [])
      .filter((each) => each.secure || !wish.secure)
      .filter((each) => streamsOf(each.name) < each.streamsMax)
      .sort((one, other) => streamsOf(one.name) - streamsOf(other.name));
    if (free[0]) return free[0];
  }
  return undefined;
}
