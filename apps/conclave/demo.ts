/**
 * `conclave demo`: the story of a secure conference, on real sockets. It plays against the system that
 * runs on the data directory, or starts one of its own on free ports, and checks what it tells: a step
 * that does not come true ends the demo with exit code 1.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeWav } from '@conclave/audio';
import { askAdmin, type SystemReport } from '@conclave/callmanager';
import { Phone, type SecurityMode } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import { dataDirectoryOf } from './settings.ts';
import { startSystem } from './start.ts';
import { printConferences } from './status.ts';
import { table } from './text-table.ts';

const HELP = `conclave demo [--data DIR] [--recordings DIR]

Three encrypted phones confer; an authenticated and a nonsecure phone join; the nonsecure one leaves;
a meet-me number refuses a phone below its minimum. Plays against the system that runs on DIR, or
starts one of its own. What each phone heard is in the recordings directory.
`;

/** Who plays, by the last four digits of the sample configuration's phones. */
const CAST = [
  { who: 'Ada', number: '1001', mode: 'encrypted', toneHz: 400 },
  { who: 'Alan', number: '1002', mode: 'encrypted', toneHz: 600 },
  { who: 'Grace', number: '1003', mode: 'encrypted', toneHz: 800 },
  { who: 'Claude', number: '1004', mode: 'authenticated', toneHz: 1000 },
  { who: 'Hedy', number: '1005', mode: 'nonsecure', toneHz: 1200 },
] as const;

type Who = (typeof CAST)[number]['who'];

const ICON_WORDS = { lock: '🔒 lock', shield: '🛡 shield', call: '  call', none: '  -' };

/** A step of the story did not come true. */
class DemoError extends Error {
  override readonly name = 'DemoError';
  readonly code = 'DEMO';
}

export async function demoCommand(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      data: { type: 'string' },
      recordings: { type: 'string', default: 'recordings' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const dataDirectory = dataDirectoryOf(values.data);
  const running = await askAdmin(dataDirectory, 'GET', '/ports');
  if (running) {
    const ports = running.body as Ports;
    await play({ dataDirectory, recordings: values.recordings, ...ports });
    return;
  }
  await withOwnSystem(async (own, ports) => {
    await play({ dataDirectory: own, recordings: values.recordings, ...ports });
  });
}

interface Ports {
  readonly sccpPort: number;
  readonly sccpTlsPort: number;
}

interface Stage extends Ports {
  readonly dataDirectory: string;
  readonly recordings: string;
}

/** Starts a system in a directory that is thrown away afterwards. */
async function withOwnSystem(use: (data: string, ports: Ports) => Promise<void>): Promise<void> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'conclave-demo-'));
  process.stdout.write('No system runs here; the demo starts one of its own.\n\n');
  process.env.CM_HOST = '127.0.0.1';
  process.env.CM_SCCP_PORT = '0';
  process.env.CM_SCCP_TLS_PORT = '0';
  process.env.CM_SIP_PORT = '0';
  process.env.CM_API_PORT = '0';
  process.env.CM_SIP_TLS_PORT = '0';
  const system = startSystem({ dataDirectory, print: () => {} });
  try {
    await use(dataDirectory, await system.ready);
  } finally {
    await system.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function play(stage: Stage): Promise<void> {
  const story = new Story(stage);
  try {
    await story.tell();
  } finally {
    await story.end();
  }
}

class Story {
  readonly #stage: Stage;
  readonly #phones = new Map<Who, Phone>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async tell(): Promise<void> {
    await this.#register();
    await this.#confer();
    await this.#join('Claude', 'authenticated', 'shield');
    await this.#join('Hedy', 'nonsecure', 'call');
    await this.#leave('Hedy', 'shield');
    await this.#leave('Claude', 'lock');
    await this.#meetMe();
    process.stdout.write('\nThe story came true: every icon was what it had to be.\n');
  }

  async end(): Promise<void> {
    mkdirSync(this.#stage.recordings, { recursive: true });
    for (const [who, phone] of this.#phones) {
      const file = join(this.#stage.recordings, `${who.toLowerCase()}.wav`);
      writeFileSync(file, encodeWav(phone.audio.recording));
      await phone.stop();
    }
    process.stdout.write(`What each phone heard is in ${this.#stage.recordings}/.\n`);
  }

  async #register(): Promise<void> {
    this.#title('Five phones register: three encrypted, one authenticated, one nonsecure');
    const keys = new KeyStore(this.#stage.dataDirectory);
    for (const { who, number, mode, toneHz } of CAST) {
      const name = `SEP00000000${number}`;
      const phone = await Phone.start({
        name,
        mode: mode as SecurityMode,
        host: '127.0.0.1',
        port: mode === 'nonsecure' ? this.#stage.sccpPort : this.#stage.sccpTlsPort,
        ...(mode !== 'nonsecure' && { tls: keys.readDevice('phones', name) }),
        toneHz,
        record: true,
      });
      this.#phones.set(who, phone);
    }
  }

  async #confer(): Promise<void> {
    this.#title('Ada calls Alan, and adds Grace: three encrypted phones confer');
    await this.#call('Ada', 'Alan');
    await this.#add('Ada', 'Grace');
    await this.#expectIcons(['Ada', 'Alan', 'Grace'], 'lock');
    await this.#expectHearing(['Ada', 'Alan', 'Grace']);
    await this.#table();
  }

  async #join(who: Who, mode: string, icon: 'lock' | 'shield' | 'call'): Promise<void> {
    this.#title(`Ada adds ${who}, whose phone is ${mode}`);
    await this.#add('Ada', who);
    const inside = this.#inside();
    await this.#expectIcons(inside, icon);
    await this.#expectHearing(inside);
    await this.#table();
  }

  async #leave(who: Who, icon: 'lock' | 'shield'): Promise<void> {
    this.#title(`${who} hangs up`);
    const phone = this.#phone(who);
    await phone.press('EndCall');
    await phone.waitFor(({ screen }) => screen.calls.size === 0, 'the call to end');
    const inside = this.#inside();
    await this.#expectIcons(inside, icon);
    await this.#expectHearing(inside);
    await this.#table();
  }

  async #meetMe(): Promise<void> {
    this.#title('Everybody hangs up; Ada opens the meet-me number 5002, which demands Encrypted');
    for (const who of this.#inside()) await this.#phone(who).press('EndCall');
    for (const phone of this.#phones.values()) {
      await phone.waitFor(({ screen }) => screen.calls.size === 0, 'the end of every call');
    }
    const ada = this.#phone('Ada');
    await ada.press('MeetMe');
    await ada.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
    ada.dial('5002');
    await ada.waitFor(({ icon }) => icon === 'lock', 'the lock');
    const alan = this.#phone('Alan');
    alan.offHook();
    await alan.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
    alan.dial('5002');
    await this.#expectIcons(['Ada', 'Alan'], 'lock');
    await this.#expectHearing(['Ada', 'Alan']);
    await this.#table();

    this.#title('Claude, who is only authenticated, dials 5002');
    const claude = this.#phone('Claude');
    claude.offHook();
    await claude.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
    claude.dial('5002');
    await claude.waitFor(
      ({ screen }) => screen.notices.includes('Device Not Authorized') && screen.calls.size === 0,
      'the refusal',
    );
    process.stdout.write(
      `Claude's phone says: "${claude.screen.notify}" (cause 58 in the record)\n`,
    );
    await this.#expectIcons(['Ada', 'Alan'], 'lock');
    await this.#table();
  }

  async #call(from: Who, to: Who): Promise<void> {
    const caller = this.#phone(from);
    caller.offHook();
    await caller.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
    caller.dial(this.#numberOf(to));
    await this.#answer(to);
    await caller.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  }

  /** Confrn, the number, the answer, Confrn again. */
  async #add(host: Who, guest: Who): Promise<void> {
    const phone = this.#phone(host);
    await phone.press('Confrn');
    await phone.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
    phone.dial(this.#numberOf(guest));
    await this.#answer(guest);
    await phone.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
    await phone.press('Confrn');
    await phone.waitFor(
      ({ screen, focus }) => screen.calls.size === 1 && focus?.otherName === 'Conference',
      'the conference',
    );
  }

  async #answer(who: Who): Promise<void> {
    const phone = this.#phone(who);
    await phone.waitFor(({ focus }) => focus?.state === 'RingIn', 'ringing');
    await phone.press('Answer');
    await phone.waitFor(({ focus }) => focus?.state === 'Connected', 'the call');
  }

  async #expectIcons(everybody: readonly Who[], icon: 'lock' | 'shield' | 'call'): Promise<void> {
    for (const who of everybody) {
      await this.#phone(who).waitFor((phone) => phone.icon === icon, `the icon ${icon}`);
    }
  }

  /** Each hears the tones of all the others and not its own. */
  async #expectHearing(everybody: readonly Who[]): Promise<void> {
    const tones = CAST.map((each) => each.toneHz);
    for (const who of everybody) {
      const others = everybody.filter((each) => each !== who).map((each) => this.#toneOf(each));
      await this.#phone(who).waitFor(
        (phone) => same(phone.audio.hears(tones), others),
        `the tones ${others.join(', ')} Hz`,
      );
    }
  }

  async #table(): Promise<void> {
    const tones = CAST.map((each) => each.toneHz);
    const rows = CAST.map(({ who, mode, toneHz }) => {
      const phone = this.#phone(who);
      const statistics = phone.statistics();
      const others = CAST.filter((each) => phone.audio.hears(tones).includes(each.toneHz));
      return [
        who,
        phone.name,
        mode,
        `${toneHz} Hz`,
        phone.focus?.state ?? 'idle',
        ICON_WORDS[phone.icon],
        statistics && phone.focus ? statistics.sent.toUpperCase() : '',
        others.map((each) => each.who).join(' '),
      ];
    });
    const head = ['phone', 'device', 'mode', 'plays', 'state', 'icon', 'media', 'hears'];
    process.stdout.write(table(head, rows));
    const answer = await askAdmin(this.#stage.dataDirectory, 'GET', '/status');
    if (answer) printConferences(answer.body as SystemReport);
  }

  /** Who is in a call now. */
  #inside(): readonly Who[] {
    return CAST.map(({ who }) => who).filter((who) => this.#phone(who).focus !== undefined);
  }

  #phone(who: Who): Phone {
    const phone = this.#phones.get(who);
    if (!phone) throw new DemoError(`${who} has not come`);
    return phone;
  }

  #numberOf(who: Who): string {
    return CAST.find((each) => each.who === who)?.number ?? '';
  }

  #toneOf(who: Who): number {
    return CAST.find((each) => each.who === who)?.toneHz ?? 0;
  }

  #title(text: string): void {
    process.stdout.write(`\n=== ${text}\n\n`);
  }
}

function same(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
