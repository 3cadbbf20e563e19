/** Which SIP device is registered where: one place for each device, found by name and by flow. */
import type { Signalling } from '@conclave/core';
import type { Flow, PhoneOptions } from '@conclave/sip';

/** What has shown that a device is the one it claims to be. */
export type SipProof = 'certificate' | 'digest' | 'nothing';

/** One address of record of a device: enterprise phones may register each of their lines. */
export interface SipBinding {
  /** URI; reached along the flow, wherever it points. */
  readonly contact: string;
  readonly callId: string;
  readonly sequence: number;
  readonly expiresAtMs: number;
}

export interface SipRegistration {
  readonly device: string;
  readonly signalling: Signalling;
  readonly isStandard: boolean;
  readonly proof: SipProof;
  readonly flow: Flow;
  readonly sinceMs: number;
  /** By user of the address of record; never empty. */
  readonly bindings: ReadonlyMap<string, SipBinding>;
  /** Methods, as of its last REGISTER. */
  readonly allow: readonly string[];
  /** Option tags in small letters, likewise. */
  readonly supported: readonly string[];
  /** What an enterprise phone told of itself when it registered first. */
  readonly options?: PhoneOptions;
  /** As it calls itself; '' if it does not. */
  readonly userAgent: string;
}

export class Registrations {
  readonly #byDevice = new Map<string, SipRegistration>();
  readonly #byFlow = new Map<string, Set<string>>();

  get size(): number {
    return this.#byDevice.size;
  }

  of(device: string): SipRegistration | undefined {
    return this.#byDevice.get(device);
  }

  /** Whether anybody is. */
  isOn(flowId: string): boolean {
    return this.#byFlow.has(flowId);
  }

  /** Several clients may share a connection or a port. */
  on(flowId: string): readonly SipRegistration[] {
    return [...(this.#byFlow.get(flowId) ?? [])].flatMap((device) => this.of(device) ?? []);
  }

  set(registration: SipRegistration): void {
    const { device, flow } = registration;
    this.remove(device);
    this.#byDevice.set(device, registration);
    const there = this.#byFlow.get(flow.id) ?? new Set();
    this.#byFlow.set(flow.id, there.add(device));
  }

  remove(device: string): void {
    const flowId = this.of(device)?.flow.id ?? '';
    const there = this.#byFlow.get(flowId);
    there?.delete(device);
    if (there?.size === 0) this.#byFlow.delete(flowId);
    this.#byDevice.delete(device);
  }

  /** Takes away what is over; gives the devices of which nothing is left. */
  expire(nowMs: number): readonly string[] {
    const gone: string[] = [];
    for (const registration of this.#byDevice.values()) {
      const all = [...registration.bindings];
      const left = all.filter(([, { expiresAtMs }]) => expiresAtMs > nowMs);
      if (left.length === all.length) continue;
      if (left.length > 0) this.set({ ...registration, bindings: new Map(left) });
      else gone.push(registration.device);
    }
    for (const device of gone) this.remove(device);
    return gone;
  }
}

/** The contact of a line of the device; that of another line where the phone has registered only one. */
export function contactOf({ bindings }: SipRegistration, number?: string): string {
  const [first] = bindings.values();
  return (bindings.get(number ?? '') ?? first)?.contact ?? '';
}
