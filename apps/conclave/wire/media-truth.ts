/**
 * Whether the ear agrees with the rules: each phone plays a tone of its own, and must hear exactly
 * those that it is said to be mixed with; under a lock, only SRTP that authenticates may flow.
 */
import type { State } from '@conclave/core';
import { type Phone, PhoneError } from '@conclave/phone';

/** Media that is asked for flows by then, and half a second of it has been heard. */
const HEARD_MS = 5_000;

/** What each phone hears, by short names: other phones, and music servers. */
export type Hearing = ReadonlyMap<string, readonly string[]>;

export interface Expectation {
  readonly hearing: Hearing;
  /** Tones of the music servers by their names. */
  readonly music?: ReadonlyMap<string, number>;
}

/** As much of a phone as is listened to. */
export type Listener = Pick<Phone, 'options' | 'focus' | 'iconOf' | 'statistics' | 'counters'> & {
  readonly audio: Pick<Phone['audio'], 'hears'>;
  readonly waitFor: (condition: () => boolean, what: string, timeoutMs: number) => Promise<void>;
};

/** Who hears whom, by what the rules say of calls, conferences, links and barges. */
export function hearingOf(state: State): Hearing {
  const groups = new Groups();
  for (const { id, participants } of state.conferences.values()) {
    for (const { leg, link, held, state: now } of participants) {
      if (held || now !== 'present') continue;
      groups.join(`conference ${id}`, link ? `conference ${link.conference}` : `leg ${leg}`);
    }
  }
  for (const { caller, callees, state: now } of state.calls.values()) {
    const [callee = 0] = callees;
    const both = [caller, callee].map((id) => state.legs.get(id)?.state);
    if (now === 'connected' && both.every((each) => each === 'connected')) {
      groups.join(`leg ${caller}`, `leg ${callee}`);
    }
  }
  for (const { id, barge } of state.legs.values()) {
    if (barge?.connection !== undefined) groups.join(`leg ${barge.target}`, `leg ${id}`);
  }
  const music = musicOf(state);
  const hearing = new Map<string, string[]>();
  for (const device of state.phones.keys()) {
    const legs = [...state.legs.values()];
    const own = legs.filter((leg) => leg.device === device).map(({ id }) => `leg ${id}`);
    const heard = legs
      .filter((leg) => leg.device !== device)
      .filter(({ id }) => own.some((mine) => groups.together(mine, `leg ${id}`)))
      .map((leg) => leg.device);
    const played = music
      .filter(({ to }) => own.some((mine) => groups.together(mine, to)))
      .map(({ server }) => server);
    hearing.set(device, [...new Set([...heard, ...played])].toSorted());
  }
  return hearing;
}

/** Which server plays to which leg or conference. */
function musicOf(state: State): readonly { readonly server: string; readonly to: string }[] {
  return [...state.connections.values()].flatMap(({ ends: [one, other] }) => {
    if (one.kind !== 'music') return [];
    const to = other.kind === 'bridge' ? `conference ${other.conference}` : `leg ${other.leg}`;
    return [{ server: one.device, to }];
  });
}

/** A sentence for each phone that does not hear what it should, or hears it otherwise. */
export async function mediaFaults(
  phones: ReadonlyMap<string, Listener>,
  { hearing, music = new Map() }: Expectation,
  timeoutMs: number = HEARD_MS,
): Promise<readonly string[]> {
  const voices = new Map([...phones].map(([name, { options }]) => [options.toneHz ?? 0, name]));
  for (const [name, toneHz] of music) voices.set(toneHz, name);
  const faults = await Promise.all(
    [...hearing].map(async ([name, wanted]) => {
      const phone = phones.get(name);
      return phone ? await faultsOf(name, phone, { wanted, voices, timeoutMs }) : [];
    }),
  );
  return faults.flat();
}

interface Expected {
  readonly wanted: readonly string[];
  /** Names by tone. */
  readonly voices: ReadonlyMap<number, string>;
  readonly timeoutMs: number;
}

async function faultsOf(
  name: string,
  phone: Listener,
  { wanted, voices, timeoutMs }: Expected,
): Promise<readonly string[]> {
  const heard = (): string =>
    phone.audio
      .hears([...voices.keys()])
      .map((toneHz) => voices.get(toneHz) ?? '')
      .toSorted()
      .join(', ');
  try {
    await phone.waitFor(() => heard() === wanted.join(', '), 'the tones', timeoutMs);
  } catch (error) {
    if (!(error instanceof PhoneError)) throw error;
    const should = wanted.join(', ') || 'nobody';
    return [`${name} hears ${heard() || 'nobody'}; it should hear ${should}.`];
  }
  const { unauthenticated, replayed, malformed } = phone.counters();
  const refused = unauthenticated + replayed + malformed;
  return [
    ...(refused > 0
      ? [`${name} refused ${refused} packets that were not what they should be.`]
      : []),
    ...clearUnderLock(name, phone, wanted.length > 0),
  ];
}

/** A call that shows a lock over clear media, or over none although somebody is to be heard. */
function clearUnderLock(name: string, phone: Listener, hears: boolean): readonly string[] {
  const { focus } = phone;
  if (!focus || focus.remote || phone.iconOf(focus) !== 'lock') return [];
  const { sent = 'none', received = 'none' } = phone.statistics(focus.reference) ?? {};
  const isClear = sent === 'rtp' || received === 'rtp';
  // Who hears music sends nothing; who is alone may hear nothing.
  if (!isClear && (received === 'srtp' || !hears)) return [];
  return [`${name} shows a lock, but sends ${sent} and receives ${received}.`];
}

/** Sets that grow together. */
class Groups {
  readonly #parent = new Map<string, string>();

  join(one: string, other: string): void {
    this.#parent.set(this.#rootOf(one), this.#rootOf(other));
  }

  together(one: string, other: string): boolean {
    return this.#rootOf(one) === this.#rootOf(other);
  }

  #rootOf(name: string): string {
    let root = name;
    for (let up = this.#parent.get(root); up !== undefined && up !== root; ) {
      root = up;
      up = this.#parent.get(root);
    }
    return root;
  }
}
