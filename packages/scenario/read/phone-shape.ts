/** Phones, trunks, gateways and CTI ports as a scenario describes them. */
import type {
  EndpointKind,
  KnownLevel,
  Level,
  LineConfiguration,
  PhoneConfiguration,
  PhoneProtocol,
} from '@conclave/core';
import type { PhoneDevice } from '../cluster.ts';
import { NAME, NUMBER } from './names.ts';
import type { PhoneDefaults } from './parameters.ts';
import { choice, fields, flag, listOf, mapped, type Shape, shortOr, text } from './shape.ts';

export const level: Shape<KnownLevel> = choice({
  encrypted: 'encrypted',
  authenticated: 'authenticated',
  nonsecure: 'nonsecure',
} as const);

export const anyLevel: Shape<Level> = choice({
  encrypted: 'encrypted',
  authenticated: 'authenticated',
  nonsecure: 'nonsecure',
  unknown: 'unknown',
} as const);

interface LineSpec {
  readonly number: string;
  readonly name?: string;
}

export interface PhoneSpec {
  readonly security: KnownLevel;
  readonly number: string;
  readonly lines: readonly Partial<LineSpec>[];
  readonly displayName: string;
  readonly model: string;
  readonly firmware: string;
  readonly protocol: PhoneProtocol;
  readonly builtInBridge: boolean;
  readonly privacy: boolean;
  readonly protected: boolean;
  readonly locale: string;
  /** The name of a list, or bridges in order. */
  readonly resources: readonly string[];
  readonly registered: boolean;
  readonly kind: EndpointKind;
  readonly srtp: boolean;
  readonly ipsec: boolean;
  readonly trustStatus: boolean;
  readonly licensed: boolean;
  readonly onNet: boolean;
  readonly remote: Level;
  readonly mediaPath: 'direct' | 'rsvp-agent' | 'mtp';
  readonly video: 'srtp' | 'rtp';
  readonly bfcp: 'srtp' | 'rtp';
  readonly ix: 'srtp' | 'rtp';
}

const number = text('digits such as 1001', NUMBER);
const protection = choice({ srtp: 'srtp', rtp: 'rtp' } as const);

const line: Shape<Partial<LineSpec>> = shortOr(
  mapped(number, (digits): Partial<LineSpec> => ({ number: digits })),
  fields<LineSpec>({ number, name: text() }),
);

const whole: Shape<Partial<PhoneSpec>> = fields<PhoneSpec>({
  security: level,
  number,
  lines: listOf(line),
  displayName: text(),
  model: mapped(text('a model such as 7961G'), (model) => model.replace(/^(?:Cisco |CP-)/i, '')),
  firmware: text('a release such as 9.4(2)'),
  protocol: choice({ SCCP: 'SCCP', SIP: 'SIP' } as const),
  builtInBridge: flag,
  privacy: flag,
  protected: flag,
  locale: text('a language such as es'),
  resources: listOf(text('the name of a list, or names of bridges', NAME.pattern)),
  registered: flag,
  kind: choice({
    phone: 'phone',
    'sip-trunk': 'sip-trunk',
    'h323-trunk': 'h323-trunk',
    'mgcp-gateway': 'mgcp-gateway',
    'cti-port': 'cti-port',
  } as const),
  srtp: flag,
  ipsec: flag,
  trustStatus: flag,
  licensed: flag,
  onNet: flag,
  remote: anyLevel,
  mediaPath: choice({ direct: 'direct', 'rsvp-agent': 'rsvp-agent', mtp: 'mtp' } as const),
  video: protection,
  bfcp: protection,
  ix: protection,
});

/** A phone in its short form is its security mode. */
export const phone: Shape<Partial<PhoneSpec>> = shortOr(
  mapped(level, (security): Partial<PhoneSpec> => ({ security })),
  whole,
);

/** The phone with what may be left away; `number` is its own when it names none. */
export function phoneConfiguration(
  name: string,
  spec: Partial<PhoneSpec>,
  given: {
    readonly number: string;
    readonly list: string | undefined;
    readonly defaults: Partial<PhoneDefaults>;
  },
): PhoneConfiguration {
  const { kind = 'phone', displayName = name, lines, locale, mediaPath, video, bfcp, ix } = spec;
  const specs = lines ?? [{ number: spec.number ?? given.number }];
  return {
    name,
    ...(kind !== 'phone' && { kind }),
    model: spec.model ?? (kind === 'phone' ? '7961G' : ''),
    firmware: spec.firmware ?? (kind === 'phone' ? '9.4(2)' : ''),
    protocol: spec.protocol ?? (kind === 'sip-trunk' ? 'SIP' : 'SCCP'),
    securityMode: spec.security ?? 'encrypted',
    lines: specs.map((each, index): LineConfiguration => {
      const digits = each.number ?? given.number;
      const { name: shown = displayName } = each;
      return {
        index: index + 1,
        directoryNumber: digits,
        partition: '',
        displayName: shown,
        label: digits,
      };
    }),
    builtInBridge: kind === 'phone' && (spec.builtInBridge ?? given.defaults.builtInBridge ?? true),
    privacy: spec.privacy ?? given.defaults.privacy ?? false,
    ...(spec.protected && { protectedDevice: true }),
    ...(given.list !== undefined && { mediaResourceList: given.list }),
    ...(locale !== undefined && { userLocale: locale }),
    ...(mediaPath && { mediaPath }),
    ...(video && { video }),
    ...(bfcp && { bfcp }),
    ...(ix && { ix }),
    ...(kind !== 'phone' && endpointSettings(spec)),
  };
}

/** Unless it says otherwise, a trunk or gateway does all that it can for security. */
function endpointSettings(spec: Partial<PhoneSpec>): Partial<PhoneConfiguration> {
  return {
    srtpAllowed: spec.srtp ?? true,
    ipsec: spec.ipsec ?? true,
    trustSecurityStatus: spec.trustStatus ?? false,
    licensed: spec.licensed ?? true,
    onNet: spec.onNet ?? false,
  };
}

export function phoneDevice(name: string, { registered, remote }: Partial<PhoneSpec>): PhoneDevice {
  return { name, registered: registered ?? true, ...(remote && { remote }) };
}
