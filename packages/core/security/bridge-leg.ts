/** What a leg to a conference bridge is worth, and whether policy lets it be (D-01, D-20). */
import { BRIDGE_SUITES } from '../configuration.ts';
import type { Leg } from '../state.ts';
import type { View } from '../view.ts';
import {
  type Assessment,
  assess,
  assessLeg,
  commonSuite,
  isEncryptedDevice,
  type MediaProtection,
  protectionOf,
  srtpCapable,
  suitesOf,
} from './assessment.ts';

export interface LegVerdict {
  readonly assessment: Assessment;
  readonly protection: MediaProtection;
  /** The media security policy forbids RTP to an encrypted device (D-20). */
  readonly refused: boolean;
}

/** `protection` is that of media that is open already; absent: what it would be. */
export function assessBridgeLeg(
  view: View,
  {
    device,
    remote,
    remoteSinceMs,
    offer,
  }: Pick<Leg, 'device' | 'remote' | 'remoteSinceMs' | 'offer'>,
  bridge: string,
  protection?: MediaProtection,
): LegVerdict {
  const phone = view.configuration.phones.get(device);
  const registration = view.phones.get(device);
  if (!phone || !registration) {
    const fact = `${device} is not registered any more.`;
    return {
      assessment: assess([{ rule: 'D-08', level: 'unknown', fact, device }]),
      protection: protection ?? 'rtp',
      refused: false,
    };
  }
  const { parameters } = view.configuration;
  const capable =
    srtpCapable(phone, registration, 'conference', offer) &&
    commonSuite(suitesOf(offer, parameters), BRIDGE_SUITES) !== undefined;
  const secure = view.bridges.get(bridge)?.secure ?? false;
  const used = protection ?? protectionOf(parameters.mediaSecurityPolicy, capable, secure);
  const context = 'conference';
  const media = { protection: used, context, remote, remoteSinceMs, parameters } as const;
  return {
    assessment: assessLeg(phone, registration, media),
    protection: used,
    refused:
      parameters.mediaSecurityPolicy === 'enforce' &&
      used === 'rtp' &&
      isEncryptedDevice(phone, registration),
  };
}
