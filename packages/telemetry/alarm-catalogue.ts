/** Every alarm name with what it means and what an administrator does about it. */
import type { AlarmSeverity } from './alarm.ts';

export interface AlarmDefinition {
  readonly name: string;
  /** What it is raised with unless the case says otherwise. */
  readonly severity: AlarmSeverity;
  readonly meaning: string;
  /** Recommended action. */
  readonly action: string;
}

/** In alphabetical order; names are unique. */
export const ALARM_CATALOGUE: readonly AlarmDefinition[] = [
  {
    name: 'BridgeOutOfService',
    severity: 'error',
    meaning: 'A configured conference bridge has lost its registration; its conferences ended.',
    action:
      'See that the bridge process runs and reaches the call manager; it registers by itself.',
  },
  {
    name: 'CdrWriteFailed',
    severity: 'error',
    meaning: 'A call detail record could not be written. It is kept in memory and tried again.',
    action: 'Free disk space or restore the permissions of the folder of call detail records.',
  },
  {
    name: 'CertificateExpiry',
    severity: 'warning',
    meaning: 'A certificate of ours ends in 60, 30, 7 days or in one, or has ended.',
    action: 'Re-issue it under Security > Certificate Management, or install another one.',
  },
  {
    name: 'ConferenceBridgeUnavailable',
    severity: 'warning',
    meaning: 'A conference could not start, or not as securely as wanted, for lack of a bridge.',
    action:
      'Look at the media resource list of the initiator, and at which bridges are registered.',
  },
  {
    name: 'DeviceAlarm',
    severity: 'informational',
    meaning: 'A device reported a condition of its own, such as why it last restarted.',
    action: 'None, unless it comes again and again from one device.',
  },
  {
    name: 'DeviceRegistrationRejected',
    severity: 'error',
    meaning: 'A device asked to register and was refused; the reason names the rule it broke.',
    action: 'Make the device and its configuration agree: name, kind, security mode, certificate.',
  },
  {
    name: 'FirmwareOutdated',
    severity: 'warning',
    meaning:
      'A phone registered with firmware earlier than 8.3, too old for encrypted conferences.',
    action: 'Upgrade the phone to firmware 8.3 or later; until then it is at most authenticated.',
  },
  {
    name: 'LocaleUnusable',
    severity: 'warning',
    meaning: 'A locale file has faults, or a phone has a user locale that there is no file for.',
    action: 'Correct what the text names in `locales/` of the data directory, or the user locale.',
  },
  {
    name: 'LoginGuessing',
    severity: 'warning',
    meaning: 'Passwords of the administration are guessed; the guesser is not heard for a while.',
    action: 'Find out who has the address, and keep it from the administration.',
  },
  {
    name: 'MalformedMessage',
    severity: 'warning',
    meaning: 'A message could not be read, so its connection was closed.',
    action: 'Look at what is at that address: a wrong port, an unknown firmware, or an attack.',
  },
  {
    name: 'MediaAuthenticationFailures',
    severity: 'warning',
    meaning:
      'An SRTP leg of a bridge receives clear or unauthenticated packets; they are not mixed.',
    action: 'Look for something that alters or injects audio between that device and the bridge.',
  },
  {
    name: 'MediaSecurityRequired',
    severity: 'warning',
    meaning:
      'The media security policy forbids RTP to an encrypted device, so its leg was refused.',
    action:
      'Give its media resource list a secure bridge, or relax the parameter "Media Security Policy".',
  },
  {
    name: 'MeetMeRejected',
    severity: 'notice',
    meaning: 'A party is below the minimum security level of a meet-me number and was not let in.',
    action:
      'None when this is meant; otherwise raise the phone or lower the minimum of the number.',
  },
  {
    name: 'MusicFileUnusable',
    severity: 'warning',
    meaning: 'A music-on-hold server cannot play its file; it goes on with what it had before.',
    action: 'Put a WAV file there that the text of the alarm does not complain of.',
  },
  {
    name: 'MusicOutOfService',
    severity: 'warning',
    meaning: 'A music-on-hold server has lost its registration; callers on hold hear silence.',
    action: 'See that the music process runs and reaches the call manager; it registers by itself.',
  },
  {
    name: 'RegistrationGuessing',
    severity: 'error',
    meaning: 'Wrong passwords came in numbers, from one address or for one SIP device.',
    action:
      'See what is at the address; a device that was given a new password has it wrong there.',
  },
  {
    name: 'SecurityTimelineFailed',
    severity: 'error',
    meaning: 'A security timeline could not be written, or was changed by somebody else.',
    action: 'Look at the disk, and at what `conclave verify` finds.',
  },
  {
    name: 'SourceFlooding',
    severity: 'warning',
    meaning: 'One address sends more SIP messages, or opens more connections, than it may.',
    action: 'Look at what is at that address; keep an attacker out before it reaches this machine.',
  },
  {
    name: 'SrtpKeysInClear',
    severity: 'warning',
    meaning:
      'SRTP keys travel over signalling that is not encrypted (gateways), or were about to (others).',
    action:
      'Protect the signalling of that device with TLS or IPsec; until then its leg counts as nonsecure.',
  },
  {
    name: 'TlsHandshakeFailed',
    severity: 'warning',
    meaning: 'A TLS handshake did not finish, so that there is no peer to speak of.',
    action: "When the peer does not know our authority, put its certificate into the peer's trust.",
  },
  {
    name: 'TlsPeerRejected',
    severity: 'error',
    meaning: 'A TLS peer presented no certificate, or one that is not trusted or not valid now.',
    action:
      'Put the issuer the sentence names into the CallManager trust store, or renew the leaf.',
  },
];

/** The definition of `name`; undefined when the catalogue does not have it. */
export function alarmDefinition(name: string): AlarmDefinition | undefined {
  return ALARM_CATALOGUE.find((definition) => definition.name === name);
}
