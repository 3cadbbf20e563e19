/** What the administration asks of the key store. */
import { readFileSync } from 'node:fs';
import type { CertificatesPort, CertificateView, Fault } from '@conclave/api';
import {
  type CertificateFacts,
  certificateRequest,
  type DeviceFiles,
  type KeyStore,
  KeyStoreError,
  lintCertificate,
  readKey,
  readTrust,
} from '@conclave/pki';

export interface CertificateHouse {
  readonly keys: KeyStore;
  /** Fingerprint of the call manager's certificate that is used. */
  readonly inUse: string;
  /** Names that the call manager's certificate is for. */
  readonly ownNames: () => readonly string[];
  readonly literalPrefix: () => boolean;
  readonly nowMs: () => number;
}

export function certificatesPort(house: CertificateHouse): CertificatesPort {
  const { keys, nowMs } = house;
  return {
    own: () => keys.listOwn().map(({ id, kind, ...facts }) => ownView(house, { id, kind, facts })),
    trusted: () => keys.listTrust().map(({ file, ...facts }) => ({ id: file, ...viewOf(facts) })),
    pem: (store, id) => {
      if (store === 'own') {
        const files = keys.filesOf(id);
        return files && readFileSync(files.certificate, 'utf8');
      }
      const known = keys.listTrust().some(({ file }) => file === id);
      return known ? keys.trustedPem(id) : undefined;
    },
    trust: (name, pem) => {
      const faults = lintCertificate({ chain: pem, nowMs: nowMs() });
      if (faults.length > 0) return faults;
      return attempt(() => keys.addTrust(name, pem));
    },
    distrust: (file) => {
      if (!keys.listTrust().some((each) => each.file === file)) return false;
      keys.removeTrust(file);
      return true;
    },
    request: async (id) => {
      const files = keys.filesOf(id);
      const names = id === 'CallManager' ? house.ownNames() : [];
      return files && (await certificateRequest(readKey(files.key), id, names));
    },
    install: (id, pem) => {
      const files = keys.filesOf(id);
      return files && install(house, { id, pem, files });
    },
    reissue: async (id) => {
      if (!keys.filesOf(id)) return false;
      await keys.reissue(id, new Date(nowMs()), house.ownNames());
      return true;
    },
  };
}

function install(
  { keys, nowMs, literalPrefix }: CertificateHouse,
  { id, pem, files }: { readonly id: string; readonly pem: string; readonly files: DeviceFiles },
): readonly Fault[] {
  const isDevice = keys.listOwn().some((each) => each.id === id && each.kind !== undefined);
  const faults = lintCertificate({
    ...{ chain: pem, nowMs: nowMs(), key: readKey(files.key) },
    ...(isDevice && {
      device: { name: id, rule: { literalPrefix: literalPrefix() } },
      // The call manager must trust who issued it, or the device could not register (SUP-04).
      trusted: keys.readCallManager().trust,
    }),
    // Devices must trust who issued the call manager's: that is theirs to know, but for our own authority.
    ...(!isDevice && { trusted: [...readTrust(files.trust), pem] }),
  });
  if (faults.length > 0) return faults;
  return attempt(() => keys.install(id, pem));
}

function ownView(
  { inUse }: CertificateHouse,
  { id, kind, facts }: { id: string; kind: string | undefined; facts: CertificateFacts },
): CertificateView {
  const waits = kind === undefined && facts.fingerprint !== inUse;
  return {
    id,
    ...(kind !== undefined && { kind }),
    ...viewOf(facts),
    ...(waits && { waits: 'call-manager-restart' }),
  };
}

function viewOf({ commonName, issuerName, ...facts }: CertificateFacts) {
  return {
    ...facts,
    ...(commonName !== undefined && { commonName }),
    ...(issuerName !== undefined && { issuerName }),
  };
}

function attempt(work: () => void): readonly Fault[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof KeyStoreError) return [{ field: 'name', rule: error.message }];
    throw error;
  }
}
