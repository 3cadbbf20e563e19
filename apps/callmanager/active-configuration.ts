/**
 * What is saved, and what of it is in force (D-25, TIP-23). The security mode of a bridge or music server comes into
 * force when the call manager is restarted, which makes every device register anew, or when somebody applies it. What
 * else makes a device register anew waits until it carries no call. So nothing that is saved ends a call, except a
 * device that is removed and another security mode of the whole cluster.
 */
import { isDeepStrictEqual } from 'node:util';
import type { State } from '@conclave/core';
import type {
  StoredBridge,
  StoredConfiguration,
  StoredMusicServer,
  StoredPhone,
  StoredSipTrunk,
} from '@conclave/store';

/** `restart`: of the call manager, or that it is applied. `calls`: their end. */
export type WaitsFor = 'restart' | 'calls';

type Device = StoredPhone | StoredSipTrunk | StoredBridge | StoredMusicServer;

/** How a kind of device takes over what is saved. */
interface Rule {
  /** The fields for which it has to register anew. */
  readonly isOfDevice: (field: string) => boolean;
  /** What such a change waits for now; undefined: nothing. */
  readonly waitsFor: (device: string) => WaitsFor | undefined;
}

/** Of a phone or trunk, known to the call manager alone. */
const OF_OURS = [
  ...['description', 'location', 'devicePool', 'commonDeviceConfiguration', 'mediaResourceList'],
  ...['mediaPath', 'privacy', 'onNet', 'trustSecurityStatus'],
];

/** What of a bridge or music server is in force only after a restart. */
const BY_RESTART = ['securityMode', 'type'];

export class ActiveConfiguration {
  /** What is saved. Whoever has saved it writes it here, and settles it. */
  saved: StoredConfiguration;
  #active: StoredConfiguration;
  #waiting: ReadonlyMap<string, WaitsFor> = new Map();
  /** Bridges and music servers whose saved mode is to come into force. */
  readonly #applied = new Set<string>();

  constructor(stored: StoredConfiguration) {
    this.saved = stored;
    this.#active = stored;
  }

  /** What is in force. */
  get active(): StoredConfiguration {
    return this.#active;
  }

  /** Devices of which something else is saved than is in force. */
  get waiting(): ReadonlyMap<string, WaitsFor> {
    return this.#waiting;
  }

  /** Asks for what is saved of a device: it comes into force when the device carries no call. */
  apply(device: string): void {
    if (this.#waiting.get(device) === 'restart') this.#applied.add(device);
  }

  /** Whether a device that waits for the end of its calls has none. */
  isIdle(isBusy: (device: string) => boolean): boolean {
    for (const [device, waitsFor] of this.#waiting) {
      if (waitsFor === 'calls' && !isBusy(device)) return true;
    }
    return false;
  }

  /** Puts into force what can be. Gives the devices that have to register anew. */
  settle(isBusy: (device: string) => boolean): ReadonlySet<string> {
    const { saved } = this;
    const old = this.#active;
    const changed = new Set<string>();
    const waiting = new Map<string, WaitsFor>();
    const atOnce = old.cluster.securityMode !== saved.cluster.securityMode;
    const endOfCalls = (device: string) => (isBusy(device) ? 'calls' : undefined);
    const endpoint: Rule = {
      isOfDevice: (field) => !OF_OURS.includes(field),
      waitsFor: (device) => (atOnce ? undefined : endOfCalls(device)),
    };
    const resource: Rule = {
      isOfDevice: (field) => BY_RESTART.includes(field),
      waitsFor: (device) =>
        atOnce || this.#applied.has(device) ? endpoint.waitsFor(device) : 'restart',
    };
    const inForce = <T extends Device>(
      rule: Rule,
      was: readonly T[] = [],
      is: readonly T[] = [],
    ) => {
      const before = new Map(was.map((each) => [each.name, each]));
      const after = is.map((next) => {
        const now = before.get(next.name);
        before.delete(next.name);
        if (now && !atOnce && isSame(now, next, rule.isOfDevice)) return next;
        const waitsFor = now && rule.waitsFor(next.name);
        if (!waitsFor) {
          changed.add(next.name);
          return next;
        }
        waiting.set(next.name, waitsFor);
        return mixed(now, next, rule.isOfDevice);
      });
      for (const removed of before.keys()) changed.add(removed);
      return after;
    };
    this.#active = {
      ...saved,
      phones: inForce(endpoint, old.phones, saved.phones),
      sipTrunks: inForce(endpoint, old.sipTrunks, saved.sipTrunks),
      bridges: inForce(resource, old.bridges, saved.bridges),
      musicServers: inForce(resource, old.musicServers, saved.musicServers),
    };
    this.#waiting = waiting;
    for (const device of this.#applied) if (!waiting.has(device)) this.#applied.delete(device);
    return changed;
  }
}

/** A conference on the bridge, a call on the phone or over the trunk. */
export function carriesCall({ conferences, legs }: State, device: string): boolean {
  for (const { bridge } of conferences.values()) if (bridge === device) return true;
  for (const leg of legs.values()) if (leg.device === device) return true;
  return false;
}

function isSame<T extends Device>(one: T, other: T, which: (field: string) => boolean): boolean {
  return isDeepStrictEqual(pick(one, which), pick(other, which));
}

/** `now` in these fields, and `next` in all others. */
function mixed<T extends Device>(now: T, next: T, which: (field: string) => boolean): T {
  return { ...pick(next, (field) => !which(field)), ...pick(now, which) } as T;
}

function pick(device: Device, which: (field: string) => boolean): object {
  return Object.fromEntries(Object.entries(device).filter(([field]) => which(field)));
}
