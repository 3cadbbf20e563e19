/**
 * Drives a `baresip` without sound card: it plays a tone from a file, writes what it hears to another,
 * is told what to do over its JSON control port, and prints every SIP message.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { SAMPLE_RATE_HZ, WIDE_SAMPLE_RATE_HZ } from '@conclave/audio';
import { freePorts } from '../../free-ports.ts';
import { type ClientOptions, domainOf, type MediaSecurity } from './client-options.ts';
import { type Bench, type ClientProcess, LIFE_S, until } from './client-process.ts';
import { recordedTones, timesRecorded, writeSilence, writeTone } from './recording.ts';
import { messageOfText, type TracedMessage } from './sip-trace.ts';

/** Profile of its offers: RTP/AVP with keys, RTP/SAVP, RTP/SAVPF. */
export type BaresipEncryption = 'srtp' | 'srtp-mand' | 'srtp-mandf';

const ENCRYPTION: Readonly<Record<MediaSecurity, BaresipEncryption | undefined>> = {
  none: undefined,
  optional: 'srtp',
  mandatory: 'srtp-mand',
};

export interface BaresipOptions extends ClientOptions {
  /** In place of what `media` gives. */
  readonly encryption?: BaresipEncryption;
}

/** One event of its control port. */
export interface BaresipEvent {
  readonly type: string;
  readonly param?: string;
  readonly peeruri?: string;
  readonly peerdisplayname?: string;
  readonly id?: string;
}

const HOST = '127.0.0.1';

export class Baresip {
  readonly events: BaresipEvent[] = [];
  /** `sip:user@host:port` at which it is reached without a server. */
  readonly address: string;
  readonly #process: ClientProcess;
  readonly #folder: string;
  /** Where it listens: `host:port`. */
  readonly #listens: readonly string[];
  #control: Socket | undefined;
  #unread = '';
  #answers: { readonly ok: boolean; readonly data: string }[] = [];

  private constructor(process: ClientProcess, place: Place, options: BaresipOptions) {
    this.#process = process;
    this.#folder = place.folder;
    const [plain, secure] = [`${HOST}:${place.sipPort}`, `${HOST}:${place.sipPort + 1}`] as const;
    this.#listens = [plain, secure];
    const host = options.transport === 'tls' ? secure : plain;
    this.address = `sip:${options.user}@${host}${transportParameter(options)}`;
  }

  static async start(bench: Bench, options: BaresipOptions): Promise<Baresip> {
    const folder = bench.room(`baresip-${options.user}`);
    // TLS has the port after the one that it is told.
    const sipPort = await freePorts(3);
    const controlPort = sipPort + 2;
    if (options.toneHz === undefined) writeSilence(join(folder, 'tone.wav'));
    else {
      const rateHz = options.wideband === true ? WIDE_SAMPLE_RATE_HZ : SAMPLE_RATE_HZ;
      writeTone(join(folder, 'tone.wav'), options.toneHz, rateHz);
    }
    writeFileSync(join(folder, 'config'), configOf(options, { folder, sipPort, controlPort }));
    writeFileSync(join(folder, 'accounts'), accountOf(options, sipPort));
    writeFileSync(join(folder, 'contacts'), '');
    blockRecordingsOfItself(folder);
    const { tls } = options;
    if (tls) {
      writeFileSync(join(folder, 'trust.pem'), tls.trust);
      const own = `${tls.certificate ?? ''}\n${tls.key ?? ''}`;
      if (tls.certificate !== undefined) writeFileSync(join(folder, 'own.pem'), own);
    }
    const process = bench.run('baresip', ['-s', '-f', folder], { folder });
    const started = new Baresip(process, { folder, sipPort, controlPort }, options);
    await started.#attach(controlPort);
    return started;
  }

  /** Everything it printed. */
  get output(): string {
    return this.#process.output;
  }

  async dial(uri: string): Promise<void> {
    await this.command('dial', uri);
  }

  async answer(): Promise<void> {
    await this.command('accept');
  }

  async hangUp(): Promise<void> {
    await this.command('hangup');
  }

  async hold(): Promise<void> {
    await this.command('hold');
  }

  async resume(): Promise<void> {
    await this.command('resume');
  }

  /** REFER within the call; a URI in angle brackets may have headers such as Replaces. */
  async transfer(uri: string): Promise<void> {
    await this.command('transfer', uri);
  }

  /** One after the other, as telephone events of RFC 4733. */
  async sendDigits(digits: string): Promise<void> {
    for (const digit of digits) {
      await this.command('sndcode', digit);
      await until(() => this.output.includes(`send DTMF digit end: '${digit}'`), `digit ${digit}`);
    }
  }

  /** Any word of its menu; gives what it prints. Rejects when it fails. */
  async command(command: string, params?: string): Promise<string> {
    const message = JSON.stringify({ command, ...(params !== undefined && { params }) });
    this.#control?.write(`${Buffer.byteLength(message)}:${message},`);
    const answer = await until(() => this.#answers.shift(), `the answer to ${command}`);
    if (!answer.ok) throw new Error(`baresip cannot ${command}: ${answer.data}`);
    return answer.data;
  }

  /** The next event of this type that has not been waited for. */
  async event(type: string): Promise<BaresipEvent> {
    return await until(
      () => {
        const at = this.events.findIndex((each) => each.type === type);
        return at < 0 ? undefined : this.events.splice(0, at + 1).at(-1);
      },
      `${type} of baresip`,
      () => this.output,
    );
  }

  /** The state of its current call: `local_uri`, media lines, keys. */
  async callStatus(): Promise<string> {
    return await this.command('callstat');
  }

  /** The suite of the last SRTP that it began, such as `AES_CM_128_HMAC_SHA1_80`. */
  get suite(): string | undefined {
    return /.*SRTP is Enabled \(cryptosuite=([^)]*)\)/s.exec(this.output)?.[1];
  }

  /** Tones that it hears now. */
  heard(candidatesHz?: readonly number[]): readonly number[] {
    const recording = this.recordings.at(-1);
    return recording === undefined ? [] : recordedTones(recording, candidatesHz);
  }

  /** How often it has heard these tones together. */
  timesHeard(tonesHz: readonly number[]): number {
    return this.recordings.reduce((times, file) => times + timesRecorded(file, tonesHz), 0);
  }

  /** What it has heard, the latest last: a file for each call, and for each change of direction. */
  get recordings(): readonly string[] {
    return readdirSync(this.#folder)
      .filter((name) => /^dump-.*-dec\.wav$/.test(name))
      .map((name) => join(this.#folder, name))
      .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  }

  get trace(): readonly TracedMessage[] {
    const end = '\u001b[;m';
    /** Ends of connections that it has opened: whoever is written to first. */
    const peers = new Set<string>();
    return this.output
      .split('\u001b[36;1m#\n')
      .slice(1)
      .flatMap((block) => {
        const [first = '', ...rest] = (block.split(end)[0] ?? '').split('\n');
        const [, transport = '', from = '', to = ''] =
          /^(\w+) (\S+) -> (\S+)/.exec(first.trim()) ?? [];
        const isSent =
          this.#listens.includes(from) || !(this.#listens.includes(to) || peers.has(from));
        if (isSent) peers.add(to);
        const message = messageOfText(rest.join('\n'));
        return message ? [{ isSent, transport: transport.toLowerCase(), message }] : [];
      });
  }

  /** As by a fault: it says goodbye to nobody. */
  async die(): Promise<void> {
    this.#control?.destroy();
    await this.#process.die();
  }

  async stop(): Promise<void> {
    this.#control?.destroy();
    await this.#process.stop();
  }

  async #attach(port: number): Promise<void> {
    await until(
      () => this.output.includes('baresip is ready') || this.#process.exitCode !== undefined,
      'baresip to be ready',
      () => this.output,
    );
    if (this.#process.exitCode !== undefined) {
      throw new Error(`baresip ended at once:\n${this.output}`);
    }
    const control = connect({ host: HOST, port });
    this.#control = control;
    control.setEncoding('utf8');
    control.on('error', () => {});
    control.on('data', (text) => this.#read(String(text)));
    await new Promise((resolve) => control.once('connect', resolve));
  }

  /** Netstrings: `length:json,`. */
  #read(text: string): void {
    this.#unread += text;
    for (;;) {
      const colon = this.#unread.indexOf(':');
      const length = Number(this.#unread.slice(0, Math.max(colon, 0)));
      if (colon < 0 || this.#unread.length < colon + length + 2) return;
      const json = this.#unread.slice(colon + 1, colon + 1 + length);
      this.#unread = this.#unread.slice(colon + length + 2);
      const message = JSON.parse(json) as { event?: boolean; ok?: boolean; data?: string };
      if (message.event === true) this.events.push(message as unknown as BaresipEvent);
      else this.#answers.push({ ok: message.ok === true, data: message.data ?? '' });
    }
  }
}

/**
 * This version takes its audio filters away when a stream changes direction, and puts them back only if
 * there was none on the way out. The filter that records has a part for each way; the one on the way
 * out cannot begin where its file cannot be opened, because there are folders of these names.
 */
function blockRecordingsOfItself(folder: string): void {
  const nowS = Math.floor(Date.now() / 1_000);
  for (let second = nowS - 2; second < nowS + 2 * LIFE_S; second += 1) {
    const stamp = new Date(second * 1_000).toISOString().slice(0, 19).replace(/[T:]/g, '-');
    mkdirSync(join(folder, `dump-${stamp}-enc.wav`));
  }
}

interface Place {
  readonly folder: string;
  readonly sipPort: number;
  readonly controlPort: number;
}

function configOf(
  { tls, wideband = false }: BaresipOptions,
  { folder, sipPort, controlPort }: Place,
): string {
  return [
    `sip_listen ${HOST}:${sipPort}`,
    ...(tls ? [`sip_cafile ${join(folder, 'trust.pem')}`] : []),
    ...(tls?.certificate !== undefined ? [`sip_certificate ${join(folder, 'own.pem')}`] : []),
    `net_interface ${HOST}`,
    'call_max_calls 8',
    `audio_source aufile,${join(folder, 'tone.wav')}`,
    // A player that needs no hardware; what it is given is lost, and written down before.
    'audio_player aubridge,nobody',
    'audio_alert aubridge,nobody',
    'jitter_buffer_delay 2-10',
    'statmode_default off',
    'module_path /usr/lib/baresip/modules',
    ...(wideband ? ['g722'] : []).map((name) => `module ${name}.so`),
    ...['g711', 'sndfile', 'aufile', 'aubridge', 'srtp'].map((name) => `module ${name}.so`),
    ...['uuid', 'account'].map((name) => `module_tmp ${name}.so`),
    ...['menu', 'ctrl_tcp'].map((name) => `module_app ${name}.so`),
    `ctrl_tcp_listen ${HOST}:${controlPort}`,
    `snd_path ${folder}`,
    '',
  ].join('\n');
}

function accountOf(options: BaresipOptions, sipPort: number): string {
  const { user, displayName, registrar, media, autoAnswer } = options;
  const encryption = options.encryption ?? ENCRYPTION[media];
  const domain = domainOf(options, `${HOST}:${sipPort}`);
  const transport = transportParameter(options);
  const parameters = [
    `regint=${registrar ? (registrar.expiresSeconds ?? 600) : 0}`,
    ...(encryption === undefined ? [] : [`mediaenc=${encryption}`]),
    `answermode=${autoAnswer === true ? 'auto' : 'manual'}`,
    'mwi=no',
    ...(options.wideband === true ? ['audio_codecs=G722'] : []),
    ...(registrar
      ? [
          `auth_user=${registrar.authUser ?? user}`,
          `auth_pass=${registrar.password ?? ''}`,
          `outbound="sip:${registrar.host}:${registrar.port}${transport}"`,
        ]
      : []),
  ];
  const name = displayName === undefined ? '' : `"${displayName}" `;
  return `${name}<sip:${user}@${domain}${transport}>;${parameters.join(';')}\n`;
}

function transportParameter({ transport }: ClientOptions): string {
  return transport === 'udp' ? '' : `;transport=${transport}`;
}
