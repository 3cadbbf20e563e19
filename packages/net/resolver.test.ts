import { describe, expect, test } from 'vitest';
import {
  type Lookup,
  type NaptrAnswer,
  resolveTarget,
  type ServiceTarget,
  type SrvAnswer,
} from './resolver.ts';

/* Goal: RFC 3263 §4, decision by decision. Method: DNS is a table, and notes what it was asked. */

describe('a literal address is asked of nobody (§4.1, §4.2)', () => {
  test.each<[ServiceTarget, string]>([
    [{ host: '192.0.2.1' }, 'udp 192.0.2.1:5060'],
    [{ host: '192.0.2.1', port: 5070, transport: 'tcp' }, 'tcp 192.0.2.1:5070'],
    [{ host: '192.0.2.1', transport: 'tls' }, 'tls 192.0.2.1:5061'],
    [{ host: '192.0.2.1', sips: true }, 'tls 192.0.2.1:5061'],
    [{ host: '[2001:db8::1]' }, 'udp 2001:db8::1:5060'],
  ])('%j', async (target, place) => {
    const world = dns({});
    expect(await places(world, target)).toEqual([place]);
    expect(world.asked).toEqual([]);
  });
});

describe('a name', () => {
  test('with a port is only looked up for its addresses', async () => {
    const world = dns({ addresses: { 'pbx.example': ['192.0.2.1', '2001:db8::1'] } });
    expect(await places(world, { host: 'pbx.example', port: 5080 })).toEqual([
      'udp 192.0.2.1:5080',
      'udp 2001:db8::1:5080',
    ]);
    expect(world.asked).toEqual(['a pbx.example']);
  });

  test('with a transport has its servers from SRV, without NAPTR', async () => {
    const world = dns({
      srv: { '_sip._tcp.example.com': [srv(1, 0, 5070, 'one.example')] },
      addresses: { 'one.example': ['192.0.2.1'] },
    });
    expect(await places(world, { host: 'example.com', transport: 'tcp' })).toEqual([
      'tcp 192.0.2.1:5070',
    ]);
    expect(world.asked).toEqual(['srv _sip._tcp.example.com', 'a one.example']);
  });

  test('without a transport follows NAPTR by order, then preference', async () => {
    const world = dns({
      naptr: {
        'example.com': [
          naptr(2, 0, 'SIP+D2U', 'u.example'),
          naptr(1, 20, 'SIP+D2T', 't.example'),
          naptr(1, 10, 'SIPS+D2T', 's.example'),
          naptr(0, 0, 'E2U+email', 'm.example'),
        ],
      },
      srv: { 't.example': [srv(1, 0, 5060, 'tcp.example')] },
      addresses: { 'tcp.example': ['192.0.2.2'] },
    });
    // TLS comes first but has no server, so the next that has one is it.
    expect(await places(world, { host: 'example.com' })).toEqual(['tcp 192.0.2.2:5060']);
  });

  test('without NAPTR is asked for each service, TLS first', async () => {
    const world = dns({
      srv: {
        '_sip._udp.example.com': [srv(1, 0, 5060, 'u.example')],
        '_sips._tcp.example.com': [srv(1, 0, 5061, 's.example')],
      },
      addresses: { 'u.example': ['192.0.2.1'], 's.example': ['192.0.2.2'] },
    });
    expect(await places(world, { host: 'example.com' })).toEqual(['tls 192.0.2.2:5061']);
  });

  test('without any record of services has its own addresses, over UDP', async () => {
    const world = dns({ addresses: { 'example.com': ['192.0.2.9'] } });
    expect(await places(world, { host: 'example.com' })).toEqual(['udp 192.0.2.9:5060']);
  });

  test('whose service is said not to exist has no place (RFC 2782)', async () => {
    const world = dns({
      srv: { '_sip._udp.example.com': [srv(0, 0, 0, '.')] },
      addresses: { 'example.com': ['192.0.2.9'] },
    });
    expect(await places(world, { host: 'example.com', transport: 'udp' })).toEqual('no-target');
  });
});

describe('sips is never downgraded (RFC 3261 §26.2.2)', () => {
  test('NAPTR and SRV records of other services are passed over', async () => {
    const world = dns({
      naptr: { 'example.com': [naptr(1, 0, 'SIP+D2U', 'u.example')] },
      srv: { 'u.example': [srv(1, 0, 5060, 'u1.example')] },
      addresses: { 'example.com': ['192.0.2.9'] },
    });
    expect(await places(world, { host: 'example.com', sips: true })).toEqual([
      'tls 192.0.2.9:5061',
    ]);
    expect(world.asked).not.toContain('srv u.example');
  });

  test('with transport=udp it leads nowhere; with tcp it means TLS over TCP', async () => {
    const host = '192.0.2.1';
    expect(await places(dns({}), { host, sips: true, transport: 'udp' })).toBe('not-secure');
    expect(await places(dns({}), { host, sips: true, transport: 'tcp' })).toEqual([
      'tls 192.0.2.1:5061',
    ]);
  });
});

describe('servers', () => {
  const servers = [
    srv(2, 100, 1, '192.0.2.3'),
    srv(1, 30, 1, '192.0.2.1'),
    srv(1, 70, 1, '192.0.2.2'),
  ];
  test.each([
    [0.29, ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
    [0.31, ['192.0.2.2', '192.0.2.1', '192.0.2.3']],
  ])('of one priority are chosen by weight: chance %d', async (chance, order) => {
    const world = dns({ srv: { '_sip._udp.example.com': servers } });
    const found = await places(world, { host: 'example.com', transport: 'udp' }, chance);
    expect(found).toEqual(order.map((address) => `udp ${address}:1`));
  });

  test('are used up to a bound, however many an answer has', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => srv(index, 0, 5060, '192.0.2.1'));
    const world = dns({ srv: { '_sip._udp.example.com': many } });
    expect(await places(world, { host: 'example.com', transport: 'udp' })).toHaveLength(16);
  });
});

test('a failure of DNS is an answer, not an exception', async () => {
  const broken = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('no'), { code: 'ETIMEOUT' }));
  const lookup = { naptr: broken, srv: broken, addresses: broken };
  const result = await resolveTarget({ host: 'example.com' }, { lookup, random: () => 0 });
  expect(result).toEqual({
    ok: false,
    error: 'dns-failed',
    detail: 'DNS does not answer for example.com (ETIMEOUT)',
  });
});

interface Records {
  readonly naptr?: Record<string, readonly NaptrAnswer[]>;
  readonly srv?: Record<string, readonly SrvAnswer[]>;
  readonly addresses?: Record<string, readonly string[]>;
}

function dns(records: Records): Lookup & { readonly asked: string[] } {
  const asked: string[] = [];
  const answer =
    <T>(kind: string, table: Record<string, readonly T[]> = {}) =>
    (name: string): Promise<readonly T[]> => {
      asked.push(`${kind} ${name}`);
      return Promise.resolve(table[name] ?? []);
    };
  return {
    asked,
    naptr: answer('naptr', records.naptr),
    srv: answer('srv', records.srv),
    addresses: answer('a', records.addresses),
  };
}

async function places(
  lookup: Lookup,
  target: ServiceTarget,
  chance = 0,
): Promise<readonly string[] | string> {
  const result = await resolveTarget(target, { lookup, random: () => chance });
  if (!result.ok) return result.error;
  return result.value.map(({ address, port, transport }) => `${transport} ${address}:${port}`);
}

function naptr(order: number, preference: number, service: string, to: string): NaptrAnswer {
  return { order, preference, flags: 's', service, replacement: to };
}

function srv(priority: number, weight: number, port: number, name: string): SrvAnswer {
  return { priority, weight, port, name };
}
