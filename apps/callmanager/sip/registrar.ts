/**
 * Decides on every REGISTER, and on who sends a request outside of a dialog. It has no socket and no
 * clock: a decision is what to answer, what has changed, and what an administrator should hear.
 *
 * Users that do not exist are challenged, judged and turned down like those that do. Digests are asked for
 * before anything is said of a device; on a protected connection that has proved itself they are not asked
 * for again. Source: [rfc] RFC 3261 §10.3, §22.
 */
import {
  allowOf,
  credentialsOf,
  DigestServer,
  type Flow,
  formatNameAddress,
  fromOf,
  isSecureTransport,
  parseUri,
  type Reply,
  type SipRequest,
  sameUri,
  tokensOf,
} from '@conclave/sip';
import { bulkReply, phoneOptionsIn } from './bulk-registration.ts';
import { clientQuirksOf } from './client-quirks.ts';
import { GuessLimit } from './guess-limit.ts';
import { type AskedContact, type RegisterRequest, readRegister } from './register-request.ts';
import {
  Registrations,
  type SipBinding,
  type SipProof,
  type SipRegistration,
} from './registrations.ts';
import { type SipAdmission, sipAdmissionOf } from './sip-admission.ts';
import { isOwn, type SipDevice, type SipDevices } from './sip-devices.ts';

/** Seconds. Between them a device gets what it asks for. */
export const EXPIRES_MIN = 60;
export const EXPIRES_MAX = 3_600;
/** What a device gets that asks for nothing: as CUCM has it for each kind [doc]. */
const EXPIRES_STANDARD = 120;
const EXPIRES_ENTERPRISE = 3_600;

/** Wrong answers of one address in a minute: more than a person makes who has mistyped. */
export const GUESSES_PER_SOURCE_MAX = 20;
/** Wrong answers for one device in a minute, wherever they come from. */
export const GUESSES_PER_DEVICE_MAX = 60;

/** Characters of a claimed name that are looked at and repeated. */
const NAME_MAX = 64;

/** Who sends, as far as the way tells. */
export interface SipSender {
  readonly flow: Flow;
  /** Of the certificate that TLS has verified. */
  readonly commonName?: string | undefined;
}

export type RegistrarChange =
  | { readonly type: 'registered'; readonly registration: SipRegistration }
  /** The same run of the device is reached in another way; its calls go on. */
  | { readonly type: 'moved'; readonly registration: SipRegistration }
  | { readonly type: 'unregistered'; readonly device: string; readonly reason: string };

export interface RegistrarAlarm {
  readonly name: 'DeviceRegistrationRejected' | 'RegistrationGuessing';
  readonly device?: string;
  readonly reason: string;
  readonly sentence: string;
}

export interface Decision {
  readonly status: number;
  readonly reply: Reply;
  /** In order. */
  readonly changes: readonly RegistrarChange[];
  readonly alarm?: RegistrarAlarm;
}

export type Identification =
  | { readonly type: 'registered'; readonly registration: SipRegistration }
  /** What to answer: a challenge, or a refusal. */
  | TurnedDown
  | { readonly type: 'unknown' };

export interface SipRegistrarOptions {
  readonly devices: () => SipDevices;
  /** For digests: bytes that nobody can guess. */
  readonly sealKey: Uint8Array;
}

interface TurnedDown {
  readonly type: 'turned-down';
  readonly decision: Decision;
}

type Verdict =
  | { readonly type: 'proved'; readonly device: SipDevice; readonly proof: SipProof }
  | TurnedDown;

export class SipRegistrar {
  readonly registrations = new Registrations();
  readonly #options: SipRegistrarOptions;
  readonly #sources = new GuessLimit(GUESSES_PER_SOURCE_MAX);
  readonly #victims = new GuessLimit(GUESSES_PER_DEVICE_MAX);
  #digests: DigestServer | undefined;

  constructor(options: SipRegistrarOptions) {
    this.#options = options;
  }

  register(request: SipRequest, sender: SipSender, nowMs: number): Decision {
    const asked = readRegister(request);
    if (!asked) return { status: 400, reply: {}, changes: [] };
    // It asks whether we are there, and wants nothing touched.
    if (asked.isKeepAlive) return { status: 200, reply: {}, changes: [] };
    const claimed = this.#claimed(request, asked, sender);
    const verdict = this.#prove(request, claimed, sender, nowMs);
    if (verdict.type === 'turned-down') {
      const { deviceName } = asked;
      if (claimed || deviceName === undefined || verdict.decision.alarm) return verdict.decision;
      return {
        ...verdict.decision,
        alarm: rejected(
          'unknown-device',
          sender,
          `${quoted(deviceName)} is not configured as a SIP phone.`,
        ),
      };
    }
    const { device, proof } = verdict;
    const admission = this.#admit(device, proof, sender);
    if (!admission.admitted) return this.#reject(device, admission, sender);
    if (!device.numbers.includes(asked.user) && device.digest?.user !== asked.user) {
      return { status: 404, reply: {}, changes: [] };
    }
    const { signalling } = admission;
    return this.#bind(asked, { device, proof, signalling, request, sender, nowMs });
  }

  /**
   * Which device sends a request outside of a dialog. On a connection that is its registration's, as an
   * address can be made up over UDP, and on any other way, only with its digest.
   */
  identify(request: SipRequest, sender: SipSender, nowMs: number): Identification {
    const user = userIn(request);
    const named = this.#registeredAs(user);
    const isNamedHere = named?.flow.id === sender.flow.id;
    const registration = isNamedHere ? named : (this.#onFlow(sender.flow.id, user) ?? named);
    const device = registration && this.#options.devices().named(registration.device);
    if (!registration || !device) return { type: 'unknown' };
    const isHere = registration.flow.id === sender.flow.id;
    if (isHere && (sender.flow.transport !== 'udp' || !device.digest)) {
      return { type: 'registered', registration };
    }
    if (!device.digest) return { type: 'unknown' };
    const verdict = this.#prove(request, device, sender, nowMs);
    if (verdict.type === 'turned-down') return verdict;
    const admission = this.#admit(device, verdict.proof, sender);
    if (admission.admitted) return { type: 'registered', registration };
    return { type: 'turned-down', decision: this.#reject(device, admission, sender) };
  }

  flowClosed(flowId: string): readonly RegistrarChange[] {
    const here = this.registrations.on(flowId);
    return here.flatMap(({ device }) => this.drop(device, 'its connection is closed'));
  }

  expire(nowMs: number): readonly RegistrarChange[] {
    const reason = 'it did not register again in time';
    return this.registrations
      .expire(nowMs)
      .map((device) => ({ type: 'unregistered', device, reason }));
  }

  /** The device has to register again. */
  drop(device: string, reason: string): readonly RegistrarChange[] {
    if (!this.registrations.of(device)) return [];
    this.registrations.remove(device);
    return [{ type: 'unregistered', device, reason }];
  }

  /** Whom a REGISTER claims to be from; undefined if that is nobody. */
  #claimed(
    request: SipRequest,
    { deviceName, instanceName, user }: RegisterRequest,
    { commonName }: SipSender,
  ): SipDevice | undefined {
    const devices = this.#options.devices();
    // A phone that says its name is that phone or none.
    if (deviceName !== undefined) return devices.named(deviceName);
    const credentials = credentialsOf(request, devices.realm);
    if (credentials) return devices.ofUser(credentials.parameters.get('username') ?? '');
    const certified = commonName === undefined ? undefined : devices.certified(commonName);
    const [only, ...others] = devices.ofNumber(user);
    return (
      certified ??
      (instanceName === undefined ? undefined : devices.named(instanceName)) ??
      devices.ofUser(user) ??
      (others.length === 0 ? only : undefined)
    );
  }

  #prove(
    request: SipRequest,
    device: SipDevice | undefined,
    sender: SipSender,
    nowMs: number,
  ): Verdict {
    const { flow, commonName } = sender;
    const current = device && this.registrations.of(device.name);
    const isHere = current?.flow.id === flow.id;
    if (device && commonName !== undefined && isOwn(commonName, device)) {
      return { type: 'proved', device, proof: 'certificate' };
    }
    const digests = this.#digestServer();
    const credentials = credentialsOf(request, digests.realm);
    const user = credentials?.parameters.get('username') ?? userIn(request);
    // Users that do not exist have their bound too, or else it would tell them from others.
    const victim = device?.name ?? `no device: ${user.slice(0, NAME_MAX)}`;
    const isOver = this.#victims.isOver(victim, nowMs);
    if (!isHere && (isOver || this.#sources.isOver(flow.remote.host, nowMs))) {
      return turnedDown(403);
    }
    if (device && current && isHere && isSecureTransport(flow.transport) && !credentials) {
      return { type: 'proved', device, proof: current.proof };
    }
    if (device && !device.digest) return this.#unproved(device, current, sender);
    if (!credentials) return this.#challenge(request, nowMs, false);
    const verdict = digests.verify(request, credentials, device?.digest, nowMs);
    if (verdict === 'valid' && device) return { type: 'proved', device, proof: 'digest' };
    // Who repeats itself by mistake may do so again with another nonce; a thief cannot.
    if (verdict === 'stale' || verdict === 'replayed') {
      return this.#challenge(request, nowMs, true);
    }
    const why = `The password for ${quoted(user)} is wrong, or there is no such user.`;
    const alarm =
      this.#countGuess(victim, flow, nowMs) ??
      rejected(device ? 'wrong-password' : 'unknown-user', sender, why);
    const told = { ...alarm, ...(device && { device: device.name }) };
    const { decision } = this.#challenge(request, nowMs, false);
    return { type: 'turned-down', decision: { ...decision, alarm: told } };
  }

  /** Nothing is asked of the device, so a name that is in use stays where it is. */
  #unproved(device: SipDevice, current: SipRegistration | undefined, { flow }: SipSender): Verdict {
    if (!current || current.flow.remote.host === flow.remote.host) {
      return { type: 'proved', device, proof: 'nothing' };
    }
    const { name: deviceName } = device;
    const sentence = `${deviceName} is registered from ${current.flow.remote.host}.`;
    return turnedDown(403, {
      warning: 'Registration is active for another client',
      alarm: { ...rejected('already-registered', { flow }, sentence), device: deviceName },
    });
  }

  #challenge({ headers: asked }: SipRequest, nowMs: number, stale: boolean): TurnedDown {
    const { knowsMd5Only } = clientQuirksOf(asked.get('User-Agent') ?? '');
    const headers = this.#digestServer()
      .challenge(nowMs, stale, knowsMd5Only ? ['MD5'] : undefined)
      .map((value) => ['WWW-Authenticate', value] as const);
    return { type: 'turned-down', decision: { status: 401, reply: { headers }, changes: [] } };
  }

  /** An alarm when this wrong answer is the one that fills a bound. */
  #countGuess(victim: string, { remote }: Flow, nowMs: number): RegistrarAlarm | undefined {
    const fillsVictim = this.#victims.count(victim, nowMs);
    if (this.#sources.count(remote.host, nowMs)) {
      const fact = `${remote.host} has given ${GUESSES_PER_SOURCE_MAX} wrong passwords.`;
      return guessingOf('source', fact);
    }
    if (!fillsVictim) return undefined;
    const fact = `${GUESSES_PER_DEVICE_MAX} wrong passwords came for ${quoted(victim)}.`;
    return guessingOf('device', fact);
  }

  #admit(device: SipDevice, proof: SipProof, { flow, commonName }: SipSender): SipAdmission {
    const { mixedMode } = this.#options.devices();
    return sipAdmissionOf(device, mixedMode, { transport: flow.transport, proof, commonName });
  }

  #reject(
    { name }: SipDevice,
    { reason, sentence, text }: Extract<SipAdmission, { admitted: false }>,
    { flow }: SipSender,
  ): Decision {
    const alarm = { ...rejected(reason, { flow }, sentence), device: name };
    return turnedDown(403, { warning: text, alarm }).decision;
  }

  #bind(asked: RegisterRequest, applicant: Applicant): Decision {
    const { device, nowMs } = applicant;
    const current = this.registrations.of(device.name);
    const binding = current?.bindings.get(asked.user);
    if (binding?.callId === asked.callId && asked.sequence <= binding.sequence) {
      return { status: 500, reply: { phrase: 'CSeq Out of Order' }, changes: [] };
    }
    const { contacts } = asked;
    if (contacts === 'all') return this.#unbind(asked.user, current);
    const usual = device.isStandard ? EXPIRES_STANDARD : EXPIRES_ENTERPRISE;
    const wanted = contacts.find(({ seconds = usual }) => seconds > 0);
    if (wanted) {
      const { seconds = usual } = wanted;
      if (seconds >= EXPIRES_MIN) return this.#renew(asked, { ...wanted, seconds }, applicant);
      const headers = [['Min-Expires', String(EXPIRES_MIN)]] as const;
      return { status: 423, reply: { headers }, changes: [] };
    }
    if (binding && contacts.some(({ uri }) => isSame(uri, binding.contact))) {
      return this.#unbind(asked.user, current);
    }
    return { status: 200, reply: boundReply(binding, nowMs), changes: [] };
  }

  #unbind(user: string, current: SipRegistration | undefined): Decision {
    const changes = current ? this.#without(user, current) : [];
    return { status: 200, reply: {}, changes };
  }

  #without(user: string, current: SipRegistration): readonly RegistrarChange[] {
    const bindings = new Map(current.bindings);
    bindings.delete(user);
    if (bindings.size === 0) return this.drop(current.device, 'it has unregistered');
    this.registrations.set({ ...current, bindings });
    return [];
  }

  #renew(
    { user, callId, sequence }: RegisterRequest,
    contact: AskedContact & { readonly seconds: number },
    { device, proof, signalling, request, sender, nowMs }: Applicant,
  ): Decision {
    const { name, isStandard } = device;
    const current = this.registrations.of(name);
    const binding = current?.bindings.get(user);
    const isElsewhere = current !== undefined && current.flow.id !== sender.flow.id;
    // Another Call-ID on another way: the device has started anew, and knows of no calls.
    const isAnew = isElsewhere && binding?.callId !== callId;
    const before = isAnew ? undefined : current;
    const told = isStandard ? undefined : phoneOptionsIn(request);
    const options = told ?? before?.options;
    const seconds = Math.min(contact.seconds, EXPIRES_MAX);
    const renewed: SipBinding = {
      ...{ contact: contact.uri, callId, sequence },
      expiresAtMs: nowMs + seconds * 1_000,
    };
    const registration: SipRegistration = {
      ...{ device: name, signalling, isStandard, proof },
      flow: sender.flow,
      sinceMs: before?.sinceMs ?? nowMs,
      bindings: new Map([...(before?.bindings ?? []), [user, renewed]]),
      allow: allowOf(request),
      supported: tokensOf(request, 'Supported'),
      userAgent: request.headers.get('User-Agent') ?? '',
      ...(options && { options }),
    };
    const gone = isAnew ? this.drop(name, 'the device registered anew') : [];
    this.registrations.set(registration);
    const isMoved = isElsewhere || binding?.contact !== renewed.contact;
    const change: RegistrarChange = { type: before ? 'moved' : 'registered', registration };
    const changes = before && !isMoved ? [] : [...gone, change];
    const parameters = new Map([...contact.address.parameters, ['expires', String(seconds)]]);
    const shown = formatNameAddress({ ...contact.address, parameters });
    const reply = okReply(shown, seconds, nowMs);
    if (!told || change.type !== 'registered') return { status: 200, reply, changes };
    const { headers, body } = bulkReply(told);
    const whole = { headers: [...(reply.headers ?? []), ...headers], body };
    return { status: 200, reply: whole, changes };
  }

  #registeredAs(user: string): SipRegistration | undefined {
    const devices = this.#options.devices();
    const [only, ...others] = devices.ofNumber(user);
    const device = devices.ofUser(user) ?? (others.length === 0 ? only : undefined);
    return device && this.registrations.of(device.name);
  }

  /** The registration on this flow that the user has a right to, or the only one that is there. */
  #onFlow(flowId: string, user: string): SipRegistration | undefined {
    const here = this.registrations.on(flowId);
    const own = here.find(({ device }) => this.#isUserOf(user, device));
    return own ?? (here.length === 1 ? here[0] : undefined);
  }

  #isUserOf(user: string, name: string): boolean {
    const device = this.#options.devices().named(name);
    return device?.digest?.user === user || device?.numbers.includes(user) === true;
  }

  #digestServer(): DigestServer {
    const { realm } = this.#options.devices();
    if (this.#digests?.realm !== realm) {
      this.#digests = new DigestServer({ realm, sealKey: this.#options.sealKey });
    }
    return this.#digests;
  }
}

interface Applicant {
  readonly device: SipDevice;
  readonly proof: SipProof;
  readonly signalling: SipRegistration['signalling'];
  readonly request: SipRequest;
  readonly sender: SipSender;
  readonly nowMs: number;
}

function turnedDown(
  status: number,
  { warning, alarm }: { readonly warning?: string; readonly alarm?: RegistrarAlarm } = {},
): TurnedDown {
  const headers = warning === undefined ? [] : [['Warning', `399 conclave "${warning}"`] as const];
  const decision = { status, reply: { headers }, changes: [], ...(alarm && { alarm }) };
  return { type: 'turned-down', decision };
}

function rejected(reason: string, { flow }: SipSender, sentence: string): RegistrarAlarm {
  const told = `Registration from ${flow.remote.host} refused. ${sentence}`;
  return { name: 'DeviceRegistrationRejected', reason, sentence: told };
}

function guessingOf(reason: 'source' | 'device', fact: string): RegistrarAlarm {
  const consequence = 'Until the minute is over only those are heard who are registered already.';
  return { name: 'RegistrationGuessing', reason, sentence: `${fact} ${consequence}` };
}

/** A name that came from anybody, for a sentence. */
function quoted(text: string): string {
  return JSON.stringify(text.slice(0, NAME_MAX)).replace(/[^\x20-\x7e]/g, '?');
}

function boundReply(binding: SipBinding | undefined, nowMs: number): Reply {
  if (!binding) return {};
  const seconds = Math.ceil((binding.expiresAtMs - nowMs) / 1_000);
  return okReply(`<${binding.contact}>;expires=${seconds}`, seconds, nowMs);
}

function okReply(contact: string, seconds: number, nowMs: number): Reply {
  return {
    headers: [
      ['Contact', contact],
      ['Expires', String(seconds)],
      ['Date', new Date(nowMs).toUTCString()],
    ],
  };
}

function userIn(request: SipRequest): string {
  const uri = fromOf(request)?.uri;
  return uri && (uri.scheme === 'sip' || uri.scheme === 'sips') ? (uri.user ?? '') : '';
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [parseUri(one), parseUri(other)];
  return a.ok && b.ok && sameUri(a.value, b.value);
}
