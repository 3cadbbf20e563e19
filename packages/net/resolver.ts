/**
 * Where a SIP request for a name goes: NAPTR, SRV and address records, in the order in which they are
 * to be tried. A literal address is asked of nobody.
 *
 * `sips` leads to TLS or to nowhere. Answers of DNS are bounded before they are used.
 * Source: [rfc] RFC 3263 §4, RFC 2782 (weights), RFC 7118 §6 (WebSocket services).
 */
import { lookup as lookupAddresses, resolveNaptr, resolveSrv } from 'node:dns/promises';
import { isIP } from 'node:net';
import { fail, ok, type Result } from '@conclave/base';

export type ServiceTransport = 'udp' | 'tcp' | 'tls';

export interface ServiceTarget {
  /** A name, or a literal address; IPv6 may be in brackets. */
  readonly host: string;
  readonly port?: number;
  readonly transport?: ServiceTransport;
  /** Whether the request is for a `sips` URI. */
  readonly sips?: boolean;
}

/** One place to try. */
export interface ResolvedTarget {
  readonly address: string;
  readonly port: number;
  readonly transport: ServiceTransport;
}

export interface NaptrAnswer {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

export interface SrvAnswer {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly name: string;
}

/** What DNS is asked. Each resolves with nothing when there is no such record. */
export interface Lookup {
  naptr(name: string): Promise<readonly NaptrAnswer[]>;
  srv(name: string): Promise<readonly SrvAnswer[]>;
  /** IPv4 and IPv6, the preferred first. */
  addresses(name: string): Promise<readonly string[]>;
}

export interface ResolverOptions {
  readonly lookup: Lookup;
  /** A number from 0 up to, not including, 1: chooses among servers of one priority. */
  readonly random: () => number;
}

/** Records used of one answer, and places tried in the end. */
const RECORDS_MAX = 16;
const TARGETS_MAX = 16;

const DEFAULT_PORTS = { udp: 5060, tcp: 5060, tls: 5061 } as const;

const SERVICES = new Map<string, ServiceTransport>([
  ['SIP+D2U', 'udp'],
  ['SIP+D2T', 'tcp'],
  ['SIPS+D2T', 'tls'],
]);

const SRV_PREFIX = { udp: '_sip._udp.', tcp: '_sip._tcp.', tls: '_sips._tcp.' } as const;

/** The order in which services are asked for when no NAPTR record says one: the safest first. */
const PREFERRED: readonly ServiceTransport[] = ['tls', 'tcp', 'udp'];

const NO_RECORD = new Set(['ENOTFOUND', 'ENODATA', 'ENONAME', 'NOTFOUND', 'NODATA']);

/** The resolver of this machine. Its file of hosts counts as address records. */
export const SYSTEM_LOOKUP: Lookup = {
  naptr: (name) => absentAsNone(resolveNaptr(name)),
  srv: (name) => absentAsNone(resolveSrv(name)),
  addresses: async (name) => {
    const found = await absentAsNone(lookupAddresses(name, { all: true }));
    return found.map(({ address }) => address);
  },
};

/** The places to try, best first, at least one; or why there is none. Never rejects. */
export async function resolveTarget(
  target: ServiceTarget,
  options: ResolverOptions,
): Promise<Result<readonly ResolvedTarget[], 'no-target' | 'dns-failed' | 'not-secure'>> {
  const host = target.host.replace(/^\[(.*)\]$/, '$1');
  const asked = secured(target);
  if (!asked) return fail('not-secure', `sips: leads to TLS only, not to ${target.transport}`);
  try {
    const found = await placesOf({ ...asked, host }, options);
    const [first, ...rest] = found.slice(0, TARGETS_MAX);
    return first ? ok([first, ...rest]) : fail('no-target', `there is no SIP server for ${host}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return fail('dns-failed', `DNS does not answer for ${host} (${code})`);
  }
}

/** With what `sips` implies; undefined when it contradicts the transport (RFC 3261 §26.2.2). */
function secured(target: ServiceTarget): ServiceTarget | undefined {
  if (target.sips !== true) return target;
  if (target.transport === 'udp') return undefined;
  return { ...target, transport: 'tls' };
}

async function placesOf(
  target: ServiceTarget,
  options: ResolverOptions,
): Promise<readonly ResolvedTarget[]> {
  const { host, port } = target;
  const transport = target.transport ?? 'udp';
  if (isIP(host) !== 0) {
    return [{ address: host, port: port ?? DEFAULT_PORTS[transport], transport }];
  }
  if (port !== undefined) return await addressesOf({ name: host, port, transport }, options);
  for (const service of await servicesOf(target, options)) {
    // The first service that has servers is the one; the others are not a reserve (§4.1).
    if (service.servers.length > 0) return await serversOf(service, options);
  }
  return await addressesOf({ name: host, port: DEFAULT_PORTS[transport], transport }, options);
}

interface Service {
  readonly transport: ServiceTransport;
  readonly servers: readonly SrvAnswer[];
}

/** The services of a name, the wanted first. */
async function servicesOf(
  { host, transport, sips }: ServiceTarget,
  { lookup }: ResolverOptions,
): Promise<readonly Service[]> {
  const ask = async (name: string, wanted: ServiceTransport): Promise<Service> => {
    const servers = await lookup.srv(name);
    return { transport: wanted, servers: servers.slice(0, RECORDS_MAX) };
  };
  if (transport !== undefined && sips !== true) {
    return [await ask(SRV_PREFIX[transport] + host, transport)];
  }
  const pointers = [...(await lookup.naptr(host))]
    .slice(0, RECORDS_MAX)
    .filter(({ flags }) => flags.toLowerCase() === 's')
    .sort((a, b) => a.order - b.order || a.preference - b.preference);
  const named = pointers.flatMap(({ service, replacement }) => {
    const offered = SERVICES.get(service.toUpperCase());
    if (offered === undefined || (sips === true && offered !== 'tls')) return [];
    return [{ name: replacement, offered }];
  });
  if (named.length > 0) {
    return await Promise.all(named.map(({ name, offered }) => ask(name, offered)));
  }
  const wanted = transport === undefined ? PREFERRED : [transport];
  return await Promise.all(wanted.map((each) => ask(SRV_PREFIX[each] + host, each)));
}

async function serversOf(
  { transport, servers }: Service,
  options: ResolverOptions,
): Promise<readonly ResolvedTarget[]> {
  const ordered = inOrder(servers, options.random).filter(
    ({ name }) => name !== '.' && name !== '',
  );
  const places = await Promise.all(
    ordered.map(({ name, port }) => addressesOf({ name, port, transport }, options)),
  );
  return places.flat();
}

async function addressesOf(
  place: { readonly name: string; readonly port: number; readonly transport: ServiceTransport },
  { lookup }: ResolverOptions,
): Promise<readonly ResolvedTarget[]> {
  const { name, port, transport } = place;
  const addresses = isIP(name) === 0 ? await lookup.addresses(name) : [name];
  return addresses.slice(0, RECORDS_MAX).map((address) => ({ address, port, transport }));
}

/** By priority; within one, by chance in proportion to the weights (RFC 2782). */
function inOrder(servers: readonly SrvAnswer[], random: () => number): readonly SrvAnswer[] {
  const left = [...servers].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
  const ordered: SrvAnswer[] = [];
  for (let first = left[0]; first !== undefined; first = left[0]) {
    const { priority } = first;
    const equals = left.filter((each) => each.priority === priority);
    const total = equals.reduce((sum, { weight }) => sum + weight, 0);
    let point = random() * total;
    const chosen = equals.find(({ weight }) => {
      point -= weight;
      return point < 0;
    });
    ordered.push(chosen ?? first);
    left.splice(left.indexOf(chosen ?? first), 1);
  }
  return ordered;
}

async function absentAsNone<T>(answer: Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await answer;
  } catch (error) {
    if (NO_RECORD.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
