/** Rules that only SIP phones, trunks and routes have. Pure. */
import { isIP } from 'node:net';
import {
  DEFAULT_SIP_REALM,
  type StoredConfiguration,
  type StoredDigest,
  type StoredPhone,
  type StoredSipTrunk,
} from './configuration.ts';
import { RESOURCE_NAME, type Report, repeated, textFault } from './field-rules.ts';
import { parameterValue } from './service-parameters.ts';

/** No colon, which parts what is hashed, and nothing that needs escapes in a header. */
const DIGEST_USER = /^[A-Za-z0-9_.@+*#-]{1,64}$/;
const REALM = /^[A-Za-z0-9_.@ -]{1,64}$/;
const HOST_NAME = /^(?!.*\.\.)[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

const TRANSPORTS = ['UDP', 'TCP', 'TLS'];
/** As many as CUCM has. */
const DESTINATIONS_MAX = 16;
const DESCRIPTION_MAX = 128;

const FACTORY = 'Conference Factory Number';

/** What a phone has for SIP only, and what SIP demands of it. */
export function sipPhoneFaults(phone: StoredPhone, report: Report): void {
  const { protocol, standardClient, digest, securityMode } = phone;
  if (protocol !== 'SIP') {
    const rule = 'is for phones with protocol SIP';
    if (standardClient) report('.standardClient', rule);
    if (digest) report('.digest', rule);
    return;
  }
  if (digest) digestFaults(digest, report);
  else if (standardClient && securityMode === 'nonsecure') {
    report('.digest', 'is missing: nothing else tells a nonsecure standard client from others');
  }
}

export function sipTrunkFaults(trunk: StoredSipTrunk, report: Report): void {
  const { name, description, destinations, transport, certificateName, digest } = trunk;
  if (!RESOURCE_NAME.test(name)) {
    report('.name', 'must be 1 to 15 letters, digits, dots or dashes (TIP-18)');
  }
  textFault(description, { max: DESCRIPTION_MAX }, (rule) => report('.description', rule));
  if (!TRANSPORTS.includes(transport)) {
    report('.transport', `must be one of: ${TRANSPORTS.join(', ')}`);
  }
  if (destinations.length < 1 || destinations.length > DESTINATIONS_MAX) {
    report('.destinations', `must be 1 to ${DESTINATIONS_MAX}`);
  }
  for (const { host, port = 5060 } of destinations) {
    const at = `.destinations[${host}]`;
    if (!isHost(host)) report(`${at}.host`, 'must be an address or a name of a host');
    if (port < 1 || port > 65_535) report(`${at}.port`, 'must be 1 to 65535');
  }
  if (trunk.srtpAllowed && transport !== 'TLS') {
    report('.srtpAllowed', 'needs transport TLS: keys would travel in clear text (SEC-03)');
  }
  if (trunk.trustSecurityStatus && transport !== 'TLS') {
    report('.trustSecurityStatus', 'needs transport TLS: anybody could claim a level (D-19)');
  }
  if (certificateName !== undefined && !isHost(certificateName)) {
    report('.certificateName', 'must be a name as in a certificate');
  }
  if (digest) digestFaults(digest, report);
}

/** The realm of all phones, what no two of them may share, and where routes lead. */
export function sipClusterFaults(
  configuration: StoredConfiguration,
  reportOf: (object: string) => Report,
): void {
  const { cluster, phones, sipTrunks = [], routes = [] } = configuration;
  const { sipRealm = DEFAULT_SIP_REALM } = cluster;
  if (!REALM.test(sipRealm)) {
    reportOf('cluster')('.sipRealm', 'must be 1 to 64 letters, digits, spaces, dots or dashes');
  }
  const withDigest = phones.filter(({ digest }) => digest !== undefined);
  for (const { name, digest } of withDigest) {
    if (digest?.realm === sipRealm) continue;
    const rule = `is hashed for the realm ${digest?.realm}: give the password again`;
    reportOf(`phones[${name}]`)('.digest', rule);
  }
  const twice = new Set(repeated(withDigest.map(({ digest }) => digest?.user ?? '')));
  for (const { name, digest } of withDigest) {
    if (!twice.has(digest?.user ?? '')) continue;
    reportOf(`phones[${name}]`)('.digest.user', `${digest?.user} is the user of another phone too`);
  }
  const trunks = new Set(sipTrunks.map(({ name }) => name));
  for (const { pattern, trunk } of routes.filter((each) => !trunks.has(each.trunk))) {
    reportOf(`routes[${pattern}]`)('.trunk', `there is no SIP trunk ${trunk}`);
  }
  for (const key of repeated(routes.map((each) => `${each.pattern}/${each.partition}`))) {
    reportOf(`routes[${key.replace(/\/$/, '')}]`)('', 'pattern and partition must be unique');
  }
  factoryFaults(configuration, reportOf('serviceParameters'));
}

function factoryFaults(configuration: StoredConfiguration, report: Report): void {
  const factory = parameterValue(configuration, FACTORY);
  if (factory === '') return;
  const { phones, meetMeNumbers, parkNumbers = [] } = configuration;
  const lines = phones.flatMap(({ lines: own }) => own.map((line) => line.directoryNumber));
  const patterns = [...meetMeNumbers, ...parkNumbers].map(({ pattern }) => pattern);
  if (![...lines, ...patterns].includes(factory)) return;
  report(`[${FACTORY}]`, `${factory} is a line, a meet-me number or a park number already`);
}

function digestFaults({ user, realm, md5, sha256 }: StoredDigest, report: Report): void {
  if (!DIGEST_USER.test(user)) {
    report('.digest.user', 'must be 1 to 64 letters, digits or of . _ - + @ * #');
  }
  if (!REALM.test(realm)) {
    report('.digest.realm', 'must be 1 to 64 letters, digits, spaces, dots or dashes');
  }
  if (!/^[0-9a-f]{32}$/.test(md5) || !/^[0-9a-f]{64}$/.test(sha256)) {
    report('.digest', 'needs a password, or md5 and sha256 as an export has them');
  }
}

function isHost(host: string): boolean {
  return isIP(host) !== 0 || HOST_NAME.test(host);
}
