/**
 * Who may register, and as what (TIP-07 ... TIP-22, BRG-01 ... BRG-06, D-24). Pure: a table of refusals,
 * each with a reason for alarms and a text for the phone.
 */
import type {
  BridgeConfiguration,
  Configuration,
  PhoneConfiguration,
  Signalling,
} from '@conclave/core';
import { matchesDeviceName } from '@conclave/pki';

/** Device types of conference bridges; which one an IOS Enhanced bridge sends is not known (sccp.md). */
const BRIDGE_TYPES = new Set([50, 51, 52, 53, 85, 86, 87]);

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
  | { readonly admitted: true; readonly kind: 'bridge'; readonly secure: boolean }
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
  const { deviceName } = applicant;
  const phone = configuration.phones.get(deviceName);
  const bridge = configuration.bridges.get(deviceName);
  if (!phone && !bridge) {
    return refuse('unknown-device', `${deviceName} is not configured.`, 'Device not configured');
  }
  const isBridge = BRIDGE_TYPES.has(applicant.deviceType);
  if (isBridge !== (bridge !== undefined)) {
    return refuse(
      'device-type-mismatch',
      `${deviceName} is configured as a ${bridge ? 'conference bridge' : 'phone'}, but registers ` +
        `with device type ${applicant.deviceType}.`,
      'Device type mismatch',
    );
  }
  const verdict = bridge
    ? admitBridge(configuration, bridge, applicant)
    : phone
      ? admitPhone(configuration, phone, applicant)
      : refuse('unknown-device', `${deviceName} is not configured.`, 'Device not configured');
  if (!verdict.admitted || applicant.transport === 'tcp') return verdict;
  return checkName(applicant, literalPrefix) ?? verdict;
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

/** TIP-07 ... TIP-11. */
function admitBridge(
  { mixedMode }: Configuration,
  bridge: BridgeConfiguration,
  { transport }: Applicant,
): Admission {
  const nonsecure = { admitted: true, kind: 'bridge', secure: false } as const;
  if (!mixedMode) return transport === 'tcp' ? nonsecure : clusterNotMixed(bridge.name);
  if (bridge.securityMode === 'nonsecure') {
    return transport === 'tcp'
      ? nonsecure
      : modeMismatch(bridge.name, 'Non Secure Conference Bridge', transport);
  }
  if (transport === 'tcp') {
    return modeMismatch(bridge.name, 'Encrypted Conference Bridge', transport);
  }
  if (bridge.type === SOFTWARE_BRIDGE) {
    return refuse(
      'software-bridge-cannot-be-secure',
      `${bridge.name} is of type ${SOFTWARE_BRIDGE}, which cannot be secure (BRG-02).`,
      'Software bridge not secure',
    );
  }
  return { admitted: true, kind: 'bridge', secure: true };
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
