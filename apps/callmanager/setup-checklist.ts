/**
 * How far the set-up of secure conferences is (SUP-01 ... SUP-11): each step judged from what is configured, what is
 * registered and what is in the key store, and from nothing that anybody ticked off.
 */
import type { SetupStep } from '@conclave/api';
import type { State } from '@conclave/core';
import type { CertificateFacts } from '@conclave/pki';
import { parameterValue, type StoredBridge, type StoredConfiguration } from '@conclave/store';
import type { WaitsFor } from './active-configuration.ts';

export interface SetupFacts {
  readonly stored: StoredConfiguration;
  /** Devices of which something else is saved than is in force (D-25). */
  readonly waiting: ReadonlyMap<string, WaitsFor>;
  readonly bridges: State['bridges'];
  /** Certificates of ours, by the name of their owner. */
  readonly own: ReadonlyMap<string, CertificateFacts>;
  readonly trusted: readonly CertificateFacts[];
  /** Fingerprints of whom the running call manager trusts, and of its own certificate. */
  readonly inUse: ReadonlySet<string>;
}

const ENHANCED = 'Cisco IOS Enhanced Conference Bridge';

const PAGES = {
  cluster: '/system/enterprise-parameters',
  parameters: '/system/service-parameters',
  bridges: '/media-resources/conference-bridge',
  certificates: '/security/certificates',
  meetMe: '/call-routing/meet-me',
  services: '/serviceability/control-centre',
} as const;

export function setupSteps(facts: SetupFacts): readonly SetupStep[] {
  const { stored, bridges } = facts;
  const isMixed = stored.cluster.securityMode === 'mixed';
  const secure = stored.bridges.filter(({ securityMode }) => securityMode === 'encrypted');
  const enhanced = secure.filter(({ type }) => type === ENHANCED);
  const registered = secure.filter(({ name }) => bridges.get(name)?.secure);
  const untrusted = secure.filter((bridge) => !isTrusted(bridge, facts));
  const waiting = facts.trusted.filter(({ fingerprint }) => !facts.inUse.has(fingerprint));
  const demanding = stored.meetMeNumbers.filter(
    ({ minimumSecurityLevel }) => minimumSecurityLevel !== 'nonsecure',
  );
  const captures = parameterValue(stored, 'Packet Capture Enable') === 'True';
  return [
    step('SUP-01', isMixed, {
      ...{ done: 'The cluster is in mixed mode.', page: PAGES.cluster },
      open: 'The cluster is nonsecure: no device is more than that.',
    }),
    step('SUP-02', registered.length > 0, {
      ...{ done: `Registered as secure: ${namesOf(registered)}.`, page: PAGES.bridges },
      open: `No conference bridge is registered as secure.${waitingText(secure, facts)}`,
    }),
    step('SUP-03', registered.length > 0, {
      ...{ done: 'The bridge signals over TLS.', page: PAGES.bridges },
      open: 'No conference bridge has opened a TLS connection.',
    }),
    step('SUP-04', secure.length > 0 && untrusted.length === 0, {
      ...{
        done: 'Who issued the certificates of the bridges is trusted.',
        page: PAGES.certificates,
      },
      open:
        secure.length === 0
          ? 'There is no secure bridge whose certificate could be trusted.'
          : `Who issued the certificate of ${namesOf(untrusted)} is not in CallManager-trust.`,
    }),
    step('SUP-05', waiting.length === 0, {
      ...{
        done: 'The call manager uses all certificates that are saved.',
        page: PAGES.services,
      },
      open: 'A certificate was saved since the call manager was started: restart it.',
    }),
    step('SUP-06', true, {
      ...{ done: 'There is one server.', open: '', page: PAGES.certificates },
    }),
    step('SUP-07', enhanced.length > 0, {
      ...{ done: `Configured: ${namesOf(enhanced)}.`, page: PAGES.bridges },
      open: `No ${ENHANCED} has the mode Encrypted Conference Bridge.`,
    }),
    step('SUP-08', true, {
      ...{ done: 'Every bridge has a device security mode.', open: '', page: PAGES.bridges },
    }),
    step('SUP-09', demanding.length > 0, {
      ...{ done: `With a minimum: ${patternsOf(demanding)}.`, page: PAGES.meetMe },
      open: 'No meet-me number has a minimum security level above Non Secure.',
    }),
    step('SUP-10', true, {
      ...{ done: 'Every meet-me number has a minimum level.', open: '', page: PAGES.meetMe },
    }),
    {
      ...{ id: 'SUP-11', page: PAGES.parameters, state: captures ? 'done' : 'optional' },
      found: captures ? 'Packet capturing is enabled.' : 'Packet capturing is not enabled.',
    },
  ];
}

function step(
  id: string,
  isDone: boolean,
  { done, open, page }: { readonly done: string; readonly open: string; readonly page: string },
): SetupStep {
  return { id, state: isDone ? 'done' : 'open', found: isDone ? done : open, page };
}

/** A bridge that is registered has proved it; of another one our own copy of its certificate tells. */
function isTrusted({ name }: StoredBridge, { bridges, own, trusted }: SetupFacts): boolean {
  if (bridges.get(name)?.secure) return true;
  const issuer = own.get(name)?.issuerName;
  return trusted.some(({ commonName }) => commonName !== undefined && commonName === issuer);
}

/** TIP-23. */
function waitingText(bridges: readonly StoredBridge[], { waiting }: SetupFacts): string {
  const names = namesOf(bridges.filter(({ name }) => waiting.has(name)));
  return names && ` Saved but not in force: ${names}. Restart the call manager, or Apply Config.`;
}

function namesOf(bridges: readonly StoredBridge[]): string {
  return bridges.map(({ name }) => name).join(', ');
}

function patternsOf(numbers: readonly { readonly pattern: string }[]): string {
  return numbers.map(({ pattern }) => pattern).join(', ');
}
