/** Puts the call manager together: sockets, disk and store around the exchange. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { ServicesPort } from '@conclave/api';
import type { State } from '@conclave/core';
import {
  nowMs,
  type StreamConnection,
  StreamListener,
  SYSTEM_CLOCK,
  UdpSocket,
} from '@conclave/net';
import { handshakeSentence, KeyStore } from '@conclave/pki';
import {
  parameterValue,
  SAMPLE_CONFIGURATION,
  Store,
  type StoredAccount,
  type StoredConfiguration,
} from '@conclave/store';
import { type Alarm, AlarmLog, createLog, type LogLevel } from '@conclave/telemetry';
import { ActiveConfiguration, carriesCall } from './active-configuration.ts';
import { type AdminAnswer, AdminSocket, adminSocketPath } from './admin-socket.ts';
import { AlarmLimit } from './alarm-limit.ts';
import { Annunciator } from './annunciator.ts';
import { openApi } from './api-server.ts';
import { CallRecords } from './call-records.ts';
import { openCaptures } from './capture/open-captures.ts';
import { CertificateExpiry } from './certificate-expiry.ts';
import { certificatesPort } from './certificate-ports.ts';
import { circumstanceOf } from './circumstance.ts';
import { audited, controlByName } from './conference-control.ts';
import { coreConfiguration } from './configuration.ts';
import type { Engine } from './engine.ts';
import { Exchange } from './exchange.ts';
import { LiveView } from './live-view.ts';
import { Locales } from './locale/locales.ts';
import { Metrics } from './metrics.ts';
import type { CallManagerNews } from './news.ts';
import { QualityRecords } from './quality-records.ts';
import { recordsPort } from './record-files.ts';
import { deleteRecordsBefore, retentionEndMs } from './record-retention.ts';
import { reportOf } from './report.ts';
import { SecurityTimelines } from './security-timeline.ts';
import { setupSteps } from './setup-checklist.ts';
import { SipPeers } from './sip/sip-peers.ts';
import { openSipServer, type SipPortOptions } from './sip/sip-server.ts';
import type { SipSockets } from './sip/wiring.ts';
import { stateToJson } from './state-json.ts';

/** How often it is looked whether a certificate ends soon. */
const EXPIRY_CHECK_MS = 3_600_000;

/** How often records that are too old are deleted. */
const SWEEP_MS = 3_600_000;
const UNSUPERVISED: ServicesPort = { list: () => [], act: () => {} };

export interface CallManagerOptions {
  /** Whoever runs the processes of this machine; absent: nobody does. */
  readonly services?: ServicesPort;
  readonly dataDirectory: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly sccpPort: number;
  readonly sccpTlsPort: number;
  /** Absent: SIP is not served. */
  readonly sip?: SipPortOptions;
  readonly logLevel: LogLevel;
  readonly news: (news: CallManagerNews) => void;
  /** Administration over HTTPS; 0 takes any free port. Absent: it is not served. */
  readonly apiPort?: number;
  /** Gets TLS secrets in the NSS key log format: for decoding captures in tests, never otherwise. */
  readonly onKeyLog?: (line: Buffer) => void;
}

export interface CallManager {
  readonly sccpPort: number;
  readonly sccpTlsPort: number;
  /** For UDP and TCP; 0 when SIP is not served. */
  readonly sipPort: number;
  readonly sipTlsPort: number;
  /** 0: the administration is not served. */
  readonly apiPort: number;
  readonly engine: Engine;
  readonly alarms: AlarmLog;
  readonly store: Store;
  /** Takes over a stored configuration as far as no call is lost; devices that it changes register anew. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

export async function startCallManager(options: CallManagerOptions): Promise<CallManager> {
  const { dataDirectory } = options;
  const metrics = new Metrics();
  const view = new LiveView(() => exchange.engine.state, nowMs);
  const news = (each: CallManagerNews): void => {
    metrics.follow(each);
    view.follow(each);
    timelines.level(each, exchange.engine.state);
    options.news(each);
  };
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const log = createLog('callmanager', options.logLevel);
  const alarms = new AlarmLog(log);
  const store = await Store.open(join(dataDirectory, 'conclave.sqlite'));
  const stored = await store.seedConfiguration(SAMPLE_CONFIGURATION);
  const configurations = new ActiveConfiguration(stored);
  const keys = new KeyStore(dataDirectory);
  await makeCertificates(keys, stored);
  const signer = await keys.ensureSigner(new Date(nowMs()));
  const timelines = new SecurityTimelines({
    directory: join(dataDirectory, 'timeline'),
    clusterId: stored.cluster.id,
    signer,
    nowMs,
    failed: (reason) => raiseTimeline(alarms, reason),
  });
  const firstCallId = await store.reserveCallIds();
  const recordFiles = {
    directory: join(dataDirectory, 'cdr'),
    clusterId: stored.cluster.id,
    failed: (reason: string) => raiseDisk(alarms, reason),
  };
  const records = new CallRecords(recordFiles);
  const quality = new QualityRecords(recordFiles);
  alarms.onAlarm(({ name, text, device }: Alarm) => {
    news({ type: 'alarm', name, text: device === undefined ? text : `${device}: ${text}` });
  });

  const locales = new Locales(dataDirectory);
  readLocales(locales, stored, alarms);
  const limit = new AlarmLimit();
  const watchers = new Set<() => void>();
  let sockets: SipSockets | undefined;
  const random = (): number => randomBytes(4).readUInt32BE() / 2 ** 32;
  const peers = new SipPeers({
    clock: SYSTEM_CLOCK,
    configuration: stored,
    sealKey: new Uint8Array(randomBytes(32)),
    random,
    sockets: () => sockets,
    happen: (event) => exchange.engine.happen(event),
    raise: (alarm) => alarms.raise(alarm),
    limit,
    log: (facts, text) => log.info(facts, text),
    news,
  });
  const speaker = await UdpSocket.open({ host: options.host, port: 0, onPacket: () => {} });
  const annunciator = new Annunciator(speaker);
  const exchange = new Exchange({
    clock: SYSTEM_CLOCK,
    random: (size) => new Uint8Array(randomBytes(size)),
    token: tokens(),
    configuration: coreConfiguration(stored),
    sipDirectory: peers,
    annunciator,
    firstCallId,
    literalPrefix: () =>
      parameterValue(configurations.saved, 'Certificate name literal prefix') === 'True',
    phrasesOf: (userLocale) => locales.phrasesOf(userLocale),
    limit,
    log: (facts, text) => log.info(facts, text),
    logsCalls: log.isLevelEnabled('info'),
    raise: (alarm) => alarms.raise(alarm),
    news,
    record: (record) => {
      records.write(record);
      metrics.recorded(record);
      void store.noteCallId(record.globalCallId).catch(() => {});
    },
    quality: (record) => quality.write(record),
    said: (device, direction, message) => captures.heard(device, direction, message),
    settled: (state) => {
      records.follow(state);
      timelines.follow(state);
      enforceWhenIdle(state);
      for (const changed of watchers) changed();
    },
  });
  const { engine, hub, sip } = exchange;
  const { captures, port: capturesPort } = openCaptures({
    dataDirectory,
    keyFolder: keys.folder,
    stored: () => configurations.saved,
    state: () => engine.state,
    happen: (event) => engine.happen(event),
    raise: (alarm) => alarms.raise(alarm),
  });

  async function reload(): Promise<void> {
    const next = await store.readConfiguration();
    if (!next) return;
    configurations.saved = next;
    await makeCertificates(keys, next);
    readLocales(locales, next, alarms);
    // What may not be captured any more is not, before the rules let a lock return.
    await captures.configure();
    enforce();
  }

  function enforce(): void {
    const changed = configurations.settle((device) => carriesCall(engine.state, device));
    const { active, waiting } = configurations;
    engine.happen({ type: 'configuration', configuration: coreConfiguration(active, waiting) });
    for (const device of changed) hub.disconnect(device, 'its configuration has changed');
    peers.configure(active, changed);
  }

  /** A device that had to wait carries no call any more. */
  let enforcement: NodeJS.Immediate | undefined;
  function enforceWhenIdle(state: State): void {
    if (enforcement || !configurations.isIdle((device) => carriesCall(state, device))) return;
    enforcement = setImmediate(() => {
      enforcement = undefined;
      enforce();
    });
  }

  const expiry = new CertificateExpiry();
  const watchExpiry = (): void => {
    for (const alarm of expiry.check(keys.listOwn(), nowMs())) alarms.raise(alarm);
  };
  watchExpiry();
  const expiryTimer = setInterval(watchExpiry, EXPIRY_CHECK_MS);
  const sweepRecords = (): void => {
    const endMs = retentionEndMs(
      Number(parameterValue(configurations.saved, 'Record Retention Days')),
      nowMs(),
    );
    if (endMs === undefined) return;
    timelines.removeBefore(endMs);
    try {
      deleteRecordsBefore(recordFiles.directory, endMs);
    } catch (error) {
      raiseDisk(alarms, error instanceof Error ? error.message : String(error));
    }
  };
  sweepRecords();
  const sweepTimer = setInterval(sweepRecords, SWEEP_MS);
  const identity = keys.readCallManager();
  const trustInUse = new Set(keys.listTrust().map(({ fingerprint }) => fingerprint));
  const shared = {
    host: options.host,
    onConnection: (connection: StreamConnection) => exchange.accept(connection),
    onHandshakeError: (from: string, reason: string) => {
      if (!limit.allows(from, nowMs())) return;
      alarms.raise({
        atMs: nowMs(),
        severity: 'warning',
        name: 'TlsHandshakeFailed',
        reason: 'handshake',
        text: `TLS handshake with ${from} failed. ${handshakeSentence(reason) ?? reason}`,
      });
    },
    ...(options.onKeyLog && { onKeyLog: options.onKeyLog }),
  };
  const clear = new StreamListener({ ...shared, port: options.sccpPort });
  const secure = new StreamListener({ ...shared, port: options.sccpTlsPort, tls: identity });
  const admin = new AdminSocket(adminSocketPath(dataDirectory), {
    'GET /status': () => ({ status: 200, body: reportOf(engine.state) }),
    'GET /state': () => ({ status: 200, body: stateToJson(engine.state) }),
    'GET /ports': () => ({ status: 200, body: ports }),
    'GET /refusals': () => ({ status: 200, body: reportOf(engine.state).refusals }),
    'GET /alarms': () => ({ status: 200, body: alarms.list() }),
    'GET /configuration': () => ({ status: 200, body: configurations.saved }),
    'POST /circumstance': (body) => {
      const event = circumstanceOf(body, engine.state);
      if (event.type === 'capture' && captures.isRunning(event.device)) {
        throw new Error(`a packet capture runs on ${event.device}: it tells of its end itself`);
      }
      engine.happen(event);
      return { status: 200, body: {} };
    },
    'POST /conference': async (body) =>
      await audited(store, nowMs(), body, () => controlByName(engine, body)),
    'POST /user': async (body) => await changeUser(store, body),
    'POST /configuration': async (body) => {
      await store.writeConfiguration(body as StoredConfiguration);
      await reload();
      return { status: 200, body: {} };
    },
  });
  sockets =
    options.sip &&
    (await openSipServer({
      ...options.sip,
      host: options.host,
      identity,
      exchange: sip,
      limit,
      raise: (alarm) => alarms.raise(alarm),
      random,
      ...(options.onKeyLog && { onKeyLog: options.onKeyLog }),
    }));
  const api =
    options.apiPort === undefined
      ? undefined
      : await openApi({
          host: options.host,
          port: options.apiPort,
          identity,
          house: {
            ...{ store, engine, hub, reload, nowMs },
            forget: (name) => peers.configure(configurations.active, new Set([name])),
            waiting: () => configurations.waiting,
            apply: (name) => {
              configurations.apply(name);
              enforce();
            },
            stored: () => configurations.saved,
            alarms: () => alarms.list(),
            token: () => randomBytes(24).toString('hex'),
            guessing: (source) => raiseGuessing(alarms, source),
            onChange: (changed) => {
              watchers.add(changed);
              return () => watchers.delete(changed);
            },
            certificates: certificatesPort({
              ...{ keys, nowMs, ownNames: alternativeNames },
              inUse: new X509Certificate(identity.certificate).fingerprint256,
              literalPrefix: () =>
                parameterValue(configurations.saved, 'Certificate name literal prefix') === 'True',
            }),
            services: options.services ?? UNSUPERVISED,
            setup: () =>
              setupSteps({
                ...{ stored: configurations.saved, waiting: configurations.waiting },
                ...{ bridges: engine.state.bridges, trusted: keys.listTrust() },
                own: new Map(keys.listOwn().map((each) => [each.id, each])),
                inUse: trustInUse,
              }),
            captures: capturesPort,
            records: recordsPort({
              directory: recordFiles.directory,
              timelines: join(dataDirectory, 'timeline'),
              authority: signer.authority,
            }),
            conferences: () => view.conferences(),
            metrics: () => metrics.collect({ state: engine.state, alarms: alarms.counts() }),
          },
        });
  const ports = {
    apiPort: api?.port ?? 0,
    sccpPort: await clear.listen(),
    sccpTlsPort: await secure.listen(),
    sipPort: sockets?.ports.udp ?? 0,
    sipTlsPort: sockets?.ports.tls ?? 0,
  };
  peers.configure(stored, new Set((stored.sipTrunks ?? []).map(({ name }) => name)));
  await admin.listen();
  news({ type: 'listening', host: options.host, ...ports });

  return {
    ...ports,
    engine,
    alarms,
    store,
    reload,
    close: async () => {
      // Devices first: their calls end with records, as after any loss.
      hub.close('the call manager stops');
      await captures.close();
      await Promise.all([
        ...[clear.close(), secure.close(), admin.close()],
        ...[sockets?.close(), api?.close()],
      ]);
      sip.close();
      peers.close();
      annunciator.close();
      metrics.close();
      speaker.close();
      engine.close();
      clearImmediate(enforcement);
      clearInterval(expiryTimer);
      clearInterval(sweepTimer);
      timelines.close();
      records.close();
      await store.close();
    },
  };
}

/** Fresh words of 96 bits. The system is asked for many at a time: a call needs dozens. */
function tokens(): () => string {
  const [length, count] = [24, 256];
  let words = '';
  return () => {
    if (words.length < length) words = randomBytes((length * count) / 2).toString('hex');
    const word = words.slice(0, length);
    words = words.slice(length);
    return word;
  };
}

/** From the command line of whoever owns this machine; the API does not let the last administrator go. */
async function changeUser({ accounts }: Store, body: unknown): Promise<AdminAnswer> {
  const { type, account, name } = body as {
    readonly type?: string;
    readonly account?: StoredAccount;
    readonly name?: string;
  };
  if (type === 'put' && account) await accounts.putAccount(account);
  else if (!(await accounts.removeAccount(name ?? ''))) {
    return { status: 404, body: { error: `there is no ${name}` } };
  }
  return { status: 200, body: {} };
}

function raiseDisk(alarms: AlarmLog, reason: string): void {
  alarms.raise({
    atMs: nowMs(),
    severity: 'error',
    name: 'CdrWriteFailed',
    reason: 'disk',
    text: `A call record could not be written: ${reason}. Call detail records are kept and tried again.`,
  });
}

function raiseTimeline(alarms: AlarmLog, reason: string): void {
  alarms.raise({
    atMs: nowMs(),
    severity: 'error',
    name: 'SecurityTimelineFailed',
    reason: 'timeline',
    text: `A security timeline is not as it should be: ${reason}`,
  });
}

function raiseGuessing(alarms: AlarmLog, source: string): void {
  alarms.raise({
    atMs: nowMs(),
    severity: 'warning',
    name: 'LoginGuessing',
    reason: 'guessing',
    text: `Passwords of the administration are guessed from ${source}; it is not heard for a minute.`,
  });
}

/** Phones of a language that cannot be had are served in English. */
function readLocales(locales: Locales, { phones }: StoredConfiguration, alarms: AlarmLog): void {
  const raise = (reason: string, text: string): void =>
    alarms.raise({ atMs: nowMs(), severity: 'warning', name: 'LocaleUnusable', reason, text });
  for (const { file, faults } of locales.read()) {
    raise('locale-file', `The locale file ${file} is left out. ${faults.join('; ')}.`);
  }
  const wanted = new Set(phones.map(({ userLocale }) => userLocale));
  for (const unknown of [...wanted].filter((each) => !locales.knows(each))) {
    raise('unknown-locale', `There is no locale ${unknown}; its phones are shown English.`);
  }
}

/** Every secure device has a certificate of the private authority unless the operator gave it one. */
async function makeCertificates(keys: KeyStore, stored: StoredConfiguration): Promise<void> {
  const now = new Date(nowMs());
  await keys.ensureCallManager(alternativeNames(), now);
  for (const bridge of stored.bridges) {
    if (bridge.securityMode !== 'nonsecure') await keys.ensureDevice('bridges', bridge.name, now);
  }
  for (const { name, securityMode } of stored.musicServers ?? []) {
    if (securityMode !== 'nonsecure') await keys.ensureDevice('music-servers', name, now);
  }
  for (const phone of stored.phones) {
    if (phone.securityMode !== 'nonsecure') await keys.ensureDevice('phones', phone.name, now);
  }
}

/** Names and addresses that the call manager's certificate is for. */
function alternativeNames(): readonly string[] {
  return ['localhost', ...ownAddresses()];
}

function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === 'IPv4')
    .map((address) => address.address);
}
