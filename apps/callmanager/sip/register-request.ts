/**
 * What a REGISTER asks for, and whom it claims to be from. Nothing here is proved.
 *
 * Source: [rfc] RFC 3261 §10.2, RFC 5626 §4.1; [observed] traces of enterprise phones for the device's
 * name and the keep-alive in Contact.
 */
import {
  callIdOf,
  contactsOf,
  cseqOf,
  expiresOf,
  formatUri,
  isStarContact,
  type NameAddress,
  parseSeconds,
  type SipRequest,
  toOf,
  unquote,
} from '@conclave/sip';

export interface AskedContact {
  readonly uri: string;
  readonly address: NameAddress;
  /** Absent: as long as we like. 0: to be taken back. */
  readonly seconds?: number;
}

export interface RegisterRequest {
  /** User of the address of record, in To; '' if it has none. */
  readonly user: string;
  readonly callId: string;
  readonly sequence: number;
  /** `all`: every contact is to be taken back. The best first; empty: only asked for what there is. */
  readonly contacts: 'all' | readonly AskedContact[];
  /** The device's name as enterprise phones tell it. */
  readonly deviceName?: string;
  /** The name that an instance made of a MAC address stands for. */
  readonly instanceName?: string;
  /** From a phone that is registered elsewhere and wants to know whether we are there. */
  readonly isKeepAlive: boolean;
}

const DEVICE_NAME = '+u.sip!devicename.ccm.cisco.com';
const KEEP_ALIVE = 'cisco-keep-alive';

/** More contacts are not taken: one device has one way to it. */
const CONTACTS_MAX = 10;

/** `urn:uuid` of a phone: nothing but its MAC address. */
const MAC_INSTANCE = /^<urn:uuid:00000000-0000-0000-0000-([0-9a-f]{12})>$/i;

/** Undefined if it cannot be understood: 400. */
export function readRegister(request: SipRequest): RegisterRequest | undefined {
  const to = toOf(request)?.uri;
  const callId = callIdOf(request);
  const sequence = cseqOf(request)?.number;
  const addresses = contactsOf(request);
  const isStar = isStarContact(request);
  if (!to || callId === undefined || sequence === undefined || !addresses) return undefined;
  if (to.scheme !== 'sip' && to.scheme !== 'sips') return undefined;
  if (addresses.length > CONTACTS_MAX) return undefined;
  const expires = expiresOf(request);
  if (isStar && expires !== 0) return undefined;
  const parameter = (name: string): string | undefined => {
    const value = addresses.map(({ parameters }) => parameters.get(name)).find(isText);
    return value === undefined ? undefined : unquote(value);
  };
  const deviceName = parameter(DEVICE_NAME);
  const mac = MAC_INSTANCE.exec(parameter('+sip.instance') ?? '')?.[1];
  return {
    user: to.user ?? '',
    callId,
    sequence,
    contacts: isStar ? 'all' : addresses.map((each) => askedOf(each, expires)).toSorted(byQuality),
    ...(deviceName !== undefined && { deviceName }),
    ...(mac !== undefined && { instanceName: `SEP${mac.toUpperCase()}` }),
    isKeepAlive: addresses.some(({ parameters }) => parameters.has(KEEP_ALIVE)),
  };
}

function askedOf(address: NameAddress, expires: number | undefined): AskedContact {
  // A value that cannot be read counts as an hour (RFC 3261 §10.3).
  const own = address.parameters.get('expires');
  const seconds = own === undefined ? expires : (parseSeconds(own) ?? 3_600);
  return { uri: formatUri(address.uri), address, ...(seconds !== undefined && { seconds }) };
}

function byQuality(one: AskedContact, other: AskedContact): number {
  return qualityOf(other) - qualityOf(one);
}

function qualityOf({ address }: AskedContact): number {
  const quality = Number(address.parameters.get('q') ?? 1);
  return Number.isNaN(quality) ? 1 : quality;
}

function isText(value: string | undefined): boolean {
  return value !== undefined;
}
