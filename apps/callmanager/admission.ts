/**
 * Who may register, and as what (TIP-07 ... TIP-22, BRG-01 ... BRG-06, D-24). Pure: a table of refusals,
 * each with a reason for alarms and a text for the phone.
 */
import type {
  BridgeConfiguration,
  Configuration,
  MusicConfiguration,
  PhoneConfiguration,
  Signalling,
} from '@conclave/core';
import { matchesDeviceName } from '@conclave/pki';

/** Device types of conference bridges; which one an IOS Enhanced bridge sends is not known (sccp.md). */
const BRIDGE_TYPES = new Set([50, 51, 52, 53, 85, 86, 87]);

/** [doc] DeviceType MusicOnHold. */
const MUSIC_TYPE = 70;

export const SOFTWARE_BRIDGE = 'Cisco Conference Bridge Software';

export interface Applicant {
  readonly deviceName: string;
  readonly deviceType: number;
  readonly transport: 'tcp' | 'tls';
  /** Common name of the certificate that TLS has verified; absent on TCP. */
  readonly commonName?: string;
}

export type Admission =
  | { readonly admitted: true; readonly kind: 'phone'; readonly signalling: Signalling }
  | { readonly admitted: true; readonly kind: 'bridge' | 'music'; readonly secure: boolean }
  | Refusal;

export interface Refusal {
  readonly admitted: false;
  /** Stable word for alarms and metrics. */
  readonly reason: string;
  /** A sentence for the administrator. */
  readonly sentence: string;
  /** For the phone's screen: at most 31 characters. */
  readonly text: string;
}

export function admissionOf(
  configuration: Configuration,
  applicant: Applicant,
  literalPrefix: boolean,
): Admission {
  const verdict = verdictOf(configuration, applicant);
  if (!verdict.admitted || applicant.transport === 'tcp') return verdict;
  return checkName(applicant, literalPrefix) ?? verdict;
}

/** Whatever the certificate says. */
function verdictOf(configuration: Configuration, applicant: Applicant): Admission {
  const { deviceName, deviceType } = applicant;
  const mismatch = (kind: string): Admission =>
    refuse(
      'device-type-mismatch',
      `${deviceName} is configured as a ${kind}, but registers with device type ${deviceType}.`,
      'Device type mismatch',
    );
  const bridge = configuration.bridges.get(deviceName);
  if (bridge) {
    if (!BRIDGE_TYPES.has(deviceType)) return mismatch('conference bridge');
    return admitBridge(configuration, bridge, applicant);
  }
  const music = configuration.musicServers?.get(deviceName);
  if (music) {
    if (deviceType !== MUSIC_TYPE) return mismatch('music-on-hold server');
    return admitResource(configuration, music, applicant);
  }
  const phone = configuration.phones.get(deviceName);
  if (phone) {
    if (BRIDGE_TYPES.has(deviceType) || deviceType === MUSIC_TYPE) return mismatch('phone');
    if (phone.protocol !== 'SCCP') return protocolMismatch(deviceName);
    return admitPhone(configuration, phone, applicant);
  }
  return refuse('unknown-device', `${deviceName} is not configured.`, 'Device not configured');
}

function admitPhone(
  { mixedMode }: Configuration,
  phone: PhoneConfiguration,
  { transport }: Applicant,
): Admission {
  const nonsecure = { admitted: true, kind: 'phone', signalling: 'clear' } as const;
  if (!mixedMode) return transport === 'tcp' ? nonsecure : clusterNotMixed(phone.name);
  if (phone.securityMode === 'nonsecure') {
    return transport === 'tcp' ? nonsecure : modeMismatch(phone.name, 'Non Secure', transport);
  }
  if (transport === 'tcp') {
    const wanted = phone.securityMode === 'encrypted' ? 'Encrypted' : 'Authenticated';
    return modeMismatch(phone.name, wanted, transport);
  }
  return {
    admitted: true,
    kind: 'phone',
    signalling: phone.securityMode === 'encrypted' ? 'tls-encrypted' : 'tls-authenticated',
  };
}

function admitBridge(
  configuration: Configuration,
  bridge: BridgeConfiguration,
  applicant: Applicant,
): Admission {
  const verdict = admitResource(configuration, bridge, applicant);
  if (verdict.admitted && applicant.transport === 'tls' && bridge.type === SOFTWARE_BRIDGE) {
    return refuse(
      'software-bridge-cannot-be-secure',
      `${bridge.name} is of type ${SOFTWARE_BRIDGE}, which cannot be secure (BRG-02).`,
      'Software bridge not secure',
    );
  }
  return verdict;
}

/** TIP-07 ... TIP-11, for bridges; music servers are held to the same. */
function admitResource(
  { mixedMode }: Configuration,
  resource: BridgeConfiguration | MusicConfiguration,
  { transport }: Applicant,
): Admission {
  const { name, securityMode } = resource;
  const kind = 'type' in resource ? 'bridge' : 'music';
  const called = kind === 'bridge' ? 'Conference Bridge' : 'Music On Hold Server';
  const nonsecure = { admitted: true, kind, secure: false } as const;
  if (!mixedMode) return transport === 'tcp' ? nonsecure : clusterNotMixed(name);
  if (securityMode === 'nonsecure') {
    return transport === 'tcp' ? nonsecure : modeMismatch(name, `Non Secure ${called}`, transport);
  }
  if (transport === 'tcp') return modeMismatch(name, `Encrypted ${called}`, transport);
  return { admitted: true, kind, secure: true };
}

/** The verified certificate must be the device's own (TIP-15 ... TIP-17, D-24). */
function checkName(
  { commonName, deviceName }: Applicant,
  literalPrefix: boolean,
): Refusal | undefined {
  if (commonName !== undefined && matchesDeviceName(commonName, deviceName, { literalPrefix })) {
    return undefined;
  }
  return refuse(
    'certificate-name-mismatch',
    `${deviceName} presented a certificate whose common name is ` +
      `${commonName === undefined ? 'absent' : JSON.stringify(commonName)}.`,
    'Certificate name mismatch',
  );
}

function modeMismatch(device: string, configured: string, transport: 'tcp' | 'tls'): Refusal {
  const came = transport === 'tcp' ? 'without security on TCP' : 'over TLS';
  return refuse(
    'security-mode-mismatch',
    `${device} is configured as ${configured}, but registers ${came}.`,
    'Security mode mismatch',
  );
}

function protocolMismatch(device: string): Refusal {
  return refuse(
    'protocol-mismatch',
    `${device} is configured for SIP, but registers over SCCP.`,
    'Protocol mismatch',
  );
}

function clusterNotMixed(device: string): Refusal {
  return refuse(
    'cluster-not-mixed',
    `${device} registers over TLS, but the cluster is not in mixed mode.`,
    'Cluster is nonsecure',
  );
}

function refuse(reason: string, sentence: string, text: string): Refusal {
  return { admitted: false, reason, sentence, text };
}
