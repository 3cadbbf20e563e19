/**
 * Where the hosts of trunks are: names are looked up again and again, since a request is known to come over
 * a trunk by the address that it came from. While a name cannot be found the last answer holds.
 */
import { isIP } from 'node:net';
import type { Result } from '@conclave/base';
import type { Clock, ResolvedTarget, ServiceTarget, Timer } from '@conclave/net';
import type { Flow } from '@conclave/sip';

/** How long an answer is believed, and how long one waits after none. */
const REFRESH_MS = 60_000;

export interface TrunkAddressesOptions {
  readonly clock: Clock;
  readonly resolve: (target: ServiceTarget) => Promise<Result<readonly ResolvedTarget[]>>;
}

export class TrunkAddresses {
  readonly #options: TrunkAddressesOptions;
  readonly #timer: Timer;
  #targets: ReadonlyMap<string, ServiceTarget> = new Map();
  readonly #found = new Map<string, readonly ResolvedTarget[]>();

  constructor(options: TrunkAddressesOptions) {
    this.#options = options;
    this.#timer = options.clock.timer(() => this.#look());
  }

  /** Follows these from now on, and forgets others. */
  follow(targets: readonly ServiceTarget[]): void {
    const names = targets.filter(({ host }) => isIP(host) === 0);
    this.#targets = new Map(names.map((each) => [keyOf(each), each]));
    for (const key of this.#found.keys()) if (!this.#targets.has(key)) this.#found.delete(key);
    this.#look();
  }

  /** Datagrams come from the port that requests go to, connections from any. */
  isFrom(target: ServiceTarget, { transport, remote }: Flow): boolean {
    const { host, port = 5060 } = target;
    const places = this.#found.get(keyOf(target)) ?? [{ address: host, port }];
    return places.some(
      (each) => each.address === remote.host && (transport !== 'udp' || each.port === remote.port),
    );
  }

  close(): void {
    this.#targets = new Map();
    this.#timer.set(undefined);
  }

  #look(): void {
    const { clock, resolve } = this.#options;
    if (this.#targets.size === 0) return;
    this.#timer.set(clock.nowMs() + REFRESH_MS);
    for (const [key, target] of this.#targets) {
      void resolve(target).then((answer) => {
        // Nobody may care any more.
        if (answer.ok && this.#targets.has(key)) this.#found.set(key, answer.value);
      });
    }
  }
}

function keyOf({ host, port, transport }: ServiceTarget): string {
  return `${transport} ${host} ${port}`;
}
