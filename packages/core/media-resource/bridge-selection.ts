/**
 * Which conference bridge a conference gets (SEC-06 ... SEC-13, D-03, D-04).
 *
 * Two passes over the whole list: first only bridges of the wanted security, then, if falling back is
 * allowed, the others. Groups are taken in the order of the list; inside a group the least loaded
 * bridge wins.
 */
import type { Configuration } from '../configuration.ts';
import type { BridgeRegistration } from '../registration.ts';
import { groupsOf } from './groups.ts';

export interface BridgeWish {
  readonly secure: boolean;
  /** False for a meet-me with a minimum above nonsecure (MTM-05). */
  readonly fallback: boolean;
  /** Parties that the conference needs at once. */
  readonly parties: number;
  /** The list of the initiating phone; absent means the default list (SEC-10). */
  readonly list: string | undefined;
}

/** What a bridge carries now. */
export interface BridgeLoad {
  readonly conferences: number;
  readonly streams: number;
}

export interface Candidate {
  readonly bridge: string;
  readonly pass: 'wanted' | 'fallback';
  /** Why it was passed over; absent for the chosen one. */
  readonly passedOver?: 'not-registered' | 'draining' | 'full' | 'other-security' | 'more-loaded';
}

export interface Allocation {
  readonly bridge?: BridgeRegistration;
  /** True when the bridge is not of the wanted security (SEC-11, SEC-12). */
  readonly fellBack: boolean;
  /** Every bridge that was looked at, in order, for the explanation. */
  readonly candidates: readonly Candidate[];
}

export function selectBridge(
  configuration: Configuration,
  wish: BridgeWish,
  registrationOf: (name: string) => BridgeRegistration | undefined,
  loadOf: (name: string) => BridgeLoad,
): Allocation {
  const candidates: Candidate[] = [];
  // Groups may hold other media resources too.
  const groups = groupsOf(configuration, wish.list, [...configuration.bridges.keys()]).map(
    (group) => group.filter((name) => configuration.bridges.has(name)),
  );
  for (const pass of wish.fallback ? (['wanted', 'fallback'] as const) : (['wanted'] as const)) {
    const secure = pass === 'wanted' ? wish.secure : !wish.secure;
    for (const group of groups) {
      const free: BridgeRegistration[] = [];
      for (const name of group) {
        const bridge = registrationOf(name);
        const passedOver = configuration.bridges.get(name)?.draining
          ? 'draining'
          : verdict(bridge, secure, wish.parties, loadOf(name));
        if (bridge && !passedOver) free.push(bridge);
        else candidates.push({ bridge: name, pass, ...(passedOver && { passedOver }) });
      }
      free.sort((one, other) => load(one, loadOf(one.name)) - load(other, loadOf(other.name)));
      const [chosen, ...rest] = free;
      if (!chosen) continue;
      for (const { name } of rest)
        candidates.push({ bridge: name, pass, passedOver: 'more-loaded' });
      candidates.push({ bridge: chosen.name, pass });
      return { bridge: chosen, fellBack: pass === 'fallback', candidates };
    }
  }
  return { fellBack: false, candidates };
}

function verdict(
  bridge: BridgeRegistration | undefined,
  secure: boolean,
  parties: number,
  now: BridgeLoad,
): Candidate['passedOver'] {
  if (!bridge) return 'not-registered';
  if (bridge.secure !== secure) return 'other-security';
  const full =
    now.conferences >= bridge.conferencesMax ||
    now.streams + parties > bridge.streamsMax ||
    parties > bridge.partiesMax;
  return full ? 'full' : undefined;
}

function load(bridge: BridgeRegistration, now: BridgeLoad): number {
  return now.conferences / bridge.conferencesMax;
}
