/** Tells in time that a certificate of ours will end: 60, 30, 7 and 1 days before, and when it has. */
import type { Alarm } from '@conclave/telemetry';

const DAY_MS = 86_400_000;

/** Days, the latest first. */
const WARNINGS = [0, 1, 7, 30, 60] as const;

export interface Expiring {
  /** Whose it is. */
  readonly id: string;
  readonly fingerprint: string;
  readonly validToMs: number;
}

export class CertificateExpiry {
  /** The last warning about each certificate, by fingerprint. */
  #told = new Map<string, number>();

  /** Alarms that are due now; each is given once for each warning. */
  check(certificates: readonly Expiring[], nowMs: number): readonly Alarm[] {
    const told = new Map<string, number>();
    const alarms = certificates.flatMap(({ id, fingerprint, validToMs }): Alarm[] => {
      const days = (validToMs - nowMs) / DAY_MS;
      const warning = WARNINGS.find((each) => days <= each);
      if (warning === undefined) return [];
      told.set(fingerprint, warning);
      if (this.#told.get(fingerprint) === warning) return [];
      const isOver = days <= 0;
      return [
        {
          atMs: nowMs,
          severity: isOver ? 'critical' : warning <= 7 ? 'error' : 'warning',
          name: 'CertificateExpiry',
          device: id,
          reason: isOver ? 'expired' : `${warning}-days`,
          text: `The certificate of ${id} ${isOver ? 'ended' : 'ends'} on ${dayOf(validToMs)}.`,
        },
      ];
    });
    this.#told = told;
    return alarms;
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
