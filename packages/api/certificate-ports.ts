/** Certificates: our own, and those that the call manager trusts. Private keys never come out. */
import type { Fault } from './ports.ts';

export interface CertificateView {
  /** Of our own: the device's name or `CallManager`; of the others: the file's name. */
  readonly id: string;
  /** `bridges`, `phones` ... for devices. */
  readonly kind?: string;
  readonly commonName?: string;
  readonly issuerName?: string;
  readonly selfSigned: boolean;
  readonly validFromMs: number;
  readonly validToMs: number;
  readonly serialNumber: string;
  /** SHA-256. */
  readonly fingerprint: string;
  /** What is saved is not what is used: the service or device has to be restarted (D-25). */
  readonly waits?: 'call-manager-restart' | 'device-restart';
}

export interface CertificatesPort {
  own(): readonly CertificateView[];
  trusted(): readonly CertificateView[];
  /** PEM. Undefined: there is none of that name. */
  pem(store: 'own' | 'trust', id: string): string | undefined;
  /** Faults: nothing was saved. */
  trust(name: string, pem: string): readonly Fault[];
  /** False: there is none of that name. */
  distrust(file: string): boolean;
  /** A signing request in PEM for the key that is there. Undefined: there is none of that name. */
  request(id: string): Promise<string | undefined>;
  /** Puts a chain in the place of a certificate, for the same key. Undefined: there is none of that name. */
  install(id: string, pem: string): readonly Fault[] | undefined;
  /** A new certificate of the private authority for the same key. False: there is none of that name. */
  reissue(id: string): Promise<boolean>;
}
