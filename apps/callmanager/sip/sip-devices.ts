/** The configured SIP phones as the registrar looks for them: by name, by digest user, by number. */
import { matchesDeviceName } from '@conclave/pki';
import type { DigestSecret } from '@conclave/sip';
import { DEFAULT_SIP_REALM, type StoredConfiguration } from '@conclave/store';

export interface SipDevice {
  readonly name: string;
  readonly securityMode: 'nonsecure' | 'authenticated' | 'encrypted';
  /** A client of anybody's make, without icons and softkeys of ours. */
  readonly isStandard: boolean;
  /** Absent: it proves itself with its certificate, or, if nonsecure, not at all. */
  readonly digest?: DigestSecret;
  /** Directory numbers, by button. */
  readonly numbers: readonly string[];
}

export class SipDevices {
  readonly mixedMode: boolean;
  readonly realm: string;
  /** Names are compared whatever their case (TIP-18). */
  readonly #byName = new Map<string, SipDevice>();
  readonly #byUser = new Map<string, SipDevice>();
  readonly #byNumber = new Map<string, SipDevice[]>();

  constructor({ cluster, phones }: Pick<StoredConfiguration, 'cluster' | 'phones'>) {
    this.mixedMode = cluster.securityMode === 'mixed';
    this.realm = cluster.sipRealm ?? DEFAULT_SIP_REALM;
    for (const phone of phones) {
      if (phone.protocol !== 'SIP') continue;
      const { name, securityMode, standardClient: isStandard = false, digest, lines } = phone;
      const numbers = lines.map(({ directoryNumber }) => directoryNumber);
      this.#add({ name, securityMode, isStandard, numbers, ...(digest && { digest }) });
    }
  }

  named(name: string): SipDevice | undefined {
    return this.#byName.get(name.toUpperCase());
  }

  ofUser(user: string): SipDevice | undefined {
    return this.#byUser.get(user);
  }

  /** Several share a line. */
  ofNumber(number: string): readonly SipDevice[] {
    return this.#byNumber.get(number) ?? [];
  }

  /** The device whose own certificate has this common name (TIP-15 ... TIP-17). */
  certified(commonName: string): SipDevice | undefined {
    const label = commonName.slice(0, `${commonName}.`.indexOf('.'));
    // The certificate of a phone's factory is `CP-<model>-<name>`.
    const device = this.named(label) ?? this.named(label.slice(label.lastIndexOf('-') + 1));
    return device && isOwn(commonName, device) ? device : undefined;
  }

  #add(device: SipDevice): void {
    this.#byName.set(device.name.toUpperCase(), device);
    if (device.digest) this.#byUser.set(device.digest.user, device);
    for (const number of device.numbers) {
      this.#byNumber.set(number, [...this.ofNumber(number), device]);
    }
  }
}

/** Whether a certificate with this common name is the device's. */
export function isOwn(commonName: string, { name }: SipDevice): boolean {
  return matchesDeviceName(commonName, name, { literalPrefix: false });
}
