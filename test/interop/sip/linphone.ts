/**
 * Drives a `linphonec` without sound card: it plays a tone from a file, records what it hears to
 * another, is told what to do by typing, and logs every SIP message.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../../free-ports.ts';
import { type ClientOptions, domainOf } from './client-options.ts';
import { type Bench, type ClientProcess, until } from './client-process.ts';
import { recordedTones, writeSilence, writeTone } from './recording.ts';
import { messagesOfText, type TracedMessage } from './sip-trace.ts';

const HOST = '127.0.0.1';

/** Its recorder writes a quarter of a second at a time. */
const HEARD_MS = 700;

export class Linphone {
  /** `sip:user@host:port` at which it is reached without a server. */
  readonly address: string;
  readonly #process: ClientProcess;
  readonly #folder: string;

  private constructor(process: ClientProcess, folder: string, address: string) {
    this.#process = process;
    this.#folder = folder;
    this.address = address;
  }

  static async start(bench: Bench, options: ClientOptions): Promise<Linphone> {
    const folder = bench.room(`linphone-${options.user}`);
    // SIP, SIP over TLS, RTP, RTCP.
    const port = await freePorts(4);
    // It stores calls there and complains of a folder that is not.
    mkdirSync(join(folder, '.local', 'share', 'linphone'), { recursive: true });
    const tone = join(folder, 'tone.wav');
    if (options.toneHz === undefined) writeSilence(tone);
    else writeTone(tone, options.toneHz);
    writeFileSync(join(folder, 'rc'), settingsOf(options, folder, port));
    writeFileSync(join(folder, 'trust.pem'), options.tls?.trust ?? '');
    writeFileSync(join(folder, 'own.pem'), options.tls?.certificate ?? '');
    writeFileSync(join(folder, 'own.key'), options.tls?.key ?? '');
    const process = bench.run(
      'linphonec',
      ['-S', ...(options.autoAnswer === true ? ['-a'] : []), '-c', 'rc', '-d', '6', '-l', 'log'],
      { folder },
    );
    const isTls = options.transport === 'tls';
    const parameter = options.transport === 'udp' ? '' : `;transport=${options.transport}`;
    const address = `sip:${options.user}@${HOST}:${isTls ? port + 1 : port}${parameter}`;
    const started = new Linphone(process, folder, address);
    await started.says('linphonec> ');
    if (options.registrar && isTls && options.tls?.certificate === undefined) {
      // A server that asks for a certificate makes it ask its user, who has none.
      await started.says('Password for (null)');
      await started.command('none', '\nlinphonec> ');
    }
    await started.command('soundcard use files', 'Using wav files');
    process.type(`play ${tone}`);
    process.type(`record ${join(folder, 'heard.wav')}`);
    return started;
  }

  /** Everything it printed. */
  get output(): string {
    return this.#process.output;
  }

  dial(uri: string): Promise<void> {
    return this.command(`call ${uri}`, 'Establishing call');
  }

  answer(): Promise<void> {
    return this.command('answer', 'connected');
  }

  hangUp(): Promise<void> {
    return this.command('terminate', 'ended');
  }

  hold(call: number): Promise<void> {
    return this.command(`pause ${call}`, 'is now paused');
  }

  resume(call: number): Promise<void> {
    return this.command(`resume ${call}`, 'Media streams established');
  }

  /** REFER to the far end of its present call. */
  transfer(uri: string): Promise<void> {
    return this.command(`transfer ${uri}`, 'ransfer');
  }

  sendDigits(digits: string): void {
    for (const digit of digits) this.#process.type(digit);
  }

  /** Types a line, and waits until it says something that contains `answer`. */
  async command(line: string, answer: string): Promise<void> {
    const from = this.output.length;
    this.#process.type(line);
    await this.says(answer, from);
  }

  /** Waits until it has said something that contains `text`, since its output had `from` characters. */
  async says(text: string, from = 0): Promise<void> {
    await until(
      () => this.output.slice(from).includes(text),
      `linphonec to say ${JSON.stringify(text)}`,
      () => `${this.output}\n${this.#process.exitCode ?? ''}`,
    );
  }

  /** Tones that it hears now. */
  heard(candidatesHz?: readonly number[]): readonly number[] {
    return recordedTones(join(this.#folder, 'heard.wav'), candidatesHz, HEARD_MS);
  }

  get log(): string {
    const file = join(this.#folder, 'log');
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  get trace(): readonly TracedMessage[] {
    const heads =
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d+ belle-sip-message-channel \[\w+\]: (message sent to|received \[\d+\] new bytes from) \[(\w+):[^\n]*\n/gm;
    const { log } = this;
    return [...log.matchAll(heads)].flatMap((head) => {
      const [all, what = '', transport = ''] = head;
      const from = head.index + all.length;
      const next = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d+ /m.exec(log.slice(from));
      const text = log.slice(from, next ? from + next.index : undefined);
      return messagesOfText(text).map((message) => ({
        isSent: what.startsWith('message sent'),
        transport: transport.toLowerCase(),
        message,
      }));
    });
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}

function settingsOf(options: ClientOptions, folder: string, port: number): string {
  const { user, media, registrar, transport, displayName, tls } = options;
  const contact = `sip:${user}@${domainOf(options, HOST)}`;
  const name = displayName === undefined ? contact : `"${displayName}" <${contact}>`;
  return [
    '[sip]',
    `sip_port=${port}`,
    `sip_tcp_port=${port}`,
    `sip_tls_port=${port + 1}`,
    'guess_hostname=0',
    `contact=${name}`,
    'verify_server_certs=1',
    'verify_server_cn=1',
    `root_ca=${join(folder, 'trust.pem')}`,
    ...(tls?.certificate === undefined
      ? []
      : [
          `client_cert_chain=${join(folder, 'own.pem')}`,
          `client_cert_key=${join(folder, 'own.key')}`,
        ]),
    `media_encryption=${media === 'none' ? 'none' : 'srtp'}`,
    `media_encryption_mandatory=${media === 'mandatory' ? 1 : 0}`,
    'use_ipv6=0',
    // Or else it turns IPv6 on again.
    'ipv6_migration_done=1',
    'register_only_when_network_is_up=0',
    '[rtp]',
    `audio_rtp_port=${port + 2}`,
    // Or else it offers the address of the way out, whoever is called.
    `bind_address=${HOST}`,
    '[video]',
    ...['enabled=0', 'display=0', 'capture=0'],
    '[sound]',
    'remote_ring=',
    ...codecs(),
    ...(registrar
      ? [
          '[proxy_0]',
          `reg_proxy=<sip:${registrar.host}:${registrar.port};transport=${transport}>`,
          // It drops the port of a conference's address, and finds it by this.
          `reg_route=<sip:${registrar.host}:${registrar.port};transport=${transport};lr>`,
          `reg_identity=${name}`,
          `reg_expires=${registrar.expiresSeconds ?? 600}`,
          'reg_sendregister=1',
          'publish=0',
          '[auth_info_0]',
          `username=${registrar.authUser ?? user}`,
          `passwd=${registrar.password ?? ''}`,
          '[app]',
        ]
      : []),
    '',
  ].join('\n');
}

/** G.711 first; those that it would add by itself are turned off. */
function codecs(): readonly string[] {
  const list = [
    ['PCMU', 8000, 1, 1],
    ['PCMA', 8000, 1, 1],
    ['opus', 48000, 2, 0],
    ['speex', 16000, 1, 0],
    ['speex', 8000, 1, 0],
    ['G729', 8000, 1, 0],
  ] as const;
  return list.flatMap(([mime, rate, channels, enabled], index) => [
    `[audio_codec_${index}]`,
    ...[`mime=${mime}`, `rate=${rate}`, `channels=${channels}`, `enabled=${enabled}`],
  ]);
}
