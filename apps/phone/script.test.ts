import { readFileSync } from 'node:fs';
import type { ShownCall } from '@conclave/sccp';
import { BLANK_SCREEN } from '@conclave/sccp';
import { afterEach, describe, expect, test } from 'vitest';
import { Cast } from './cast.ts';
import { COMMANDS } from './commands.ts';
import { CONDITIONS, parseCondition, type Seen } from './conditions.ts';
import { FakeCallManager } from './fake-call-manager.ts';
import { NO_COUNTERS } from './media-counters.ts';
import { runScript } from './run-script.ts';
import { parseScript, ScriptError } from './script.ts';

/*
 * Goal: somebody who has never seen the code can write a script: every fault is named with its line
 * before anything starts, every word of the language is documented, and what runs tells what it did.
 */

describe('the language', () => {
  test('lines become steps; comments, quotes and empty lines are as expected', () => {
    const lines = parseScript(`
      phone alice SEP000000001001 mode=encrypted tone=440   # a phone
      phone bob SEP000000001002 "record=my file.wav" register=no

      alice call 1002
      all wait connected
      alice,bob expect icon lock
      sleep 0.5
      print "a # is no comment" here
    `);
    expect(lines.map(({ number, step }) => [number, step.type])).toEqual([
      [2, 'phone'],
      [3, 'phone'],
      [5, 'command'],
      [6, 'wait'],
      [7, 'expect'],
      [8, 'sleep'],
      [9, 'print'],
    ]);
    expect(lines[1]?.step).toMatchObject({
      declaration: { mode: 'encrypted', options: { record: 'my file.wav', register: 'no' } },
    });
    expect(lines[4]?.step).toMatchObject({ who: ['alice', 'bob'], seconds: 5 });
    expect(lines[6]?.step).toMatchObject({ text: 'a # is no comment here' });
  });

  test.each([
    ['wait ringing', 'ringing', 10],
    ['wait ringing 5', 'ringing', 5],
    ['wait ringing 5s', 'ringing', 5],
    ['expect calls 2', 'calls 2', 5],
    ['expect calls 2 7', 'calls 2', 7],
    ['wait hears 440 550', 'hears 440 550', 10],
    ['wait hears 440 5', 'hears 440', 5],
    ['wait prompt 5', 'prompt 5', 10],
    ['wait prompt Enter Number 0.5s', 'prompt Enter Number', 0.5],
    ['expect list rows 3 4', 'list rows 3', 4],
    ['keeps not icon lock', 'not icon lock', 2],
  ])('%s', (words, text, seconds) => {
    const [line] = parseScript(words, ['me']);
    expect(line?.step).toMatchObject({ condition: { text }, seconds, who: ['me'] });
  });

  test('every fault is named with its line, and none hides another', () => {
    const faults = faultsOf(`
      phone a SEP1 mode=secure
      a dance
      b call 1
      phone a SEP2
      a expect
      a expect icon padlock
      a wait hears 9000
      a tone loud
      phone all SEP3
      sleep soon
      a expect list has
      a print "open
      a register perhaps
      phone c
      c expect not nothing
      a parkit
    `);
    expect(faults).toEqual([
      'line 2: mode=secure: must be nonsecure, authenticated or encrypted',
      expect.stringMatching(/^line 3: dance is no command: call, /),
      expect.stringMatching(/^line 4: b is no command/),
      'line 5: a is declared twice',
      expect.stringMatching(/^line 6: nothing is no condition: registered, /),
      'line 7: icon needs one of lock, shield, call, none',
      expect.stringMatching(/^line 8: hears needs tones of 100 to 3900 Hz/),
      'line 9: expected: tone HZ [DBOV]',
      'line 10: all cannot be the name of a phone',
      'line 11: sleep needs a number of seconds',
      expect.stringMatching(/^line 12: list needs nothing, or: rows N/),
      'line 13: a quote is not closed',
      'line 14: expected: register [fails TEXT]',
      'line 15: expected: phone NAME DEVICE [OPTION=VALUE ...]',
      expect.stringMatching(/^line 16: nothing is no condition/),
      expect.stringMatching(/^line 17: parkit is no command/),
    ]);
  });

  test('every softkey is a command, and names of objects are not', () => {
    expect(faultsOf('park\ndirtrfr\nidivert', ['me'])).toEqual([]);
    expect(faultsOf('constructor\nexpect toString', ['me'])).toHaveLength(2);
  });

  test('with one phone its name may be left away, with two it may not', () => {
    expect(faultsOf('call 1002', ['me'])).toEqual([]);
    expect(faultsOf('call 1002', ['me', 'you'])).toEqual([
      'line 1: call is no phone (phones are me, you)',
    ]);
    expect(faultsOf('call 1002')).toEqual(['line 1: call is no phone (no phone is declared yet)']);
  });

  test('docs/phone.md names every command, every condition and every option', () => {
    const docs = readFileSync(new URL('../../docs/phone.md', import.meta.url), 'utf8');
    const table = docs.split('\n').filter((line) => line.startsWith('|'));
    const named = [...table.join('\n').matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? '');
    const words = named.map((name) => name.split(' ')[0]);
    for (const name of [...Object.keys(COMMANDS), ...Object.keys(CONDITIONS), 'not']) {
      expect(words).toContain(name);
    }
    for (const { usage } of Object.values(COMMANDS)) {
      expect(named).toContain(usage.replace(' [fails TEXT]', ' fails TEXT'));
    }
  });
});

describe('conditions', () => {
  const call: ShownCall = {
    reference: 7,
    line: 1,
    state: 'Connected',
    security: 3,
    inbound: false,
    otherName: 'Conference',
    otherNumber: '',
    dialed: '',
    prompt: 'Connected',
    softkeySet: 0,
    softkeyMask: 1,
    tone: 37,
    selected: true,
    remote: false,
  };
  const elsewhere: ShownCall = {
    ...call,
    reference: 8,
    state: 'CallRemoteMultiline',
    security: 0,
    otherName: 'Alan',
    prompt: 'In Use Remote',
    selected: false,
    remote: true,
  };
  const talking = seen({
    screen: {
      ...BLANK_SCREEN,
      calls: new Map([
        [7, call],
        [8, elsewhere],
      ]),
      tones: [{ tone: 50, call: 7 }],
      template: { labels: [{ label: 'Hold', event: 3 }], sets: [[1]] },
      notify: '',
      notices: ['Device Not Authorized'],
      list: {
        title: 'Conferee List',
        icon: 'shield',
        rows: [
          { name: 'Grace', icon: 'lock', controller: false, url: '' },
          { name: 'Ada Lovelace', icon: 'held', controller: true, url: '' },
        ],
        softkeys: [{ name: 'Remove', url: '' }],
      },
    },
    focus: call,
    icon: 'lock',
    counters: () => ({ ...NO_COUNTERS, packetsReceived: 5 }),
    statistics: () => ({ ...NO_COUNTERS, sent: 'srtp', received: 'srtp' }),
    audio: { hears: (tones) => tones.filter((tone) => tone === 600) },
  });
  const silent = seen({
    registration: 'rejected',
    counters: () => ({ ...NO_COUNTERS, unauthenticated: 1 }),
  });

  test.each([
    'registered',
    'calls 1',
    'connected',
    'icon lock',
    'level encrypted',
    'with conference',
    'prompt connected',
    'notify not authorized',
    'refused',
    'refused authorized',
    'key hold',
    'hears 600',
    'hears only 600',
    'not-hears 700 800',
    'media srtp',
    'clean',
    'tone ReorderTone',
    'toned Zip',
    'selected',
    'remote-in-use',
    'not remote-held',
    'on Alan prompt remote',
    'on @2 icon none',
    'on Conference icon lock',
    'not on Alan selected',
    'not on Nobody connected',
    'version 20',
    'list',
    'list rows 2',
    'list icon shield',
    'list has lovelace',
    'list has Grace lock',
    'list no Alan',
    'list first Grace',
    'list last Ada',
    'list key remove',
    'not idle',
    'not not connected',
  ])('%s: true of a phone in a conference, and not of one that was rejected', (words) => {
    const condition = parseCondition(words.split(' '));
    if (typeof condition === 'string') throw new Error(condition);
    expect(condition.holds(talking)).toBe(true);
    const always =
      words.startsWith('not ') && words !== 'not idle' && words !== 'not not connected';
    const also = ['version 20', 'not-hears 700 800'].includes(words);
    expect(condition.holds(silent)).toBe(always || also);
  });

  test.each([
    'unregistered',
    'idle',
    'calls 0',
    'icon none',
    'level unknown',
    'hears nothing',
    'media none',
    'not list',
  ])('%s: the other way round', (words) => {
    const condition = parseCondition(words.split(' '));
    if (typeof condition === 'string') throw new Error(condition);
    expect(condition.holds(talking)).toBe(false);
    expect(condition.holds(silent)).toBe(true);
  });

  test.each([
    'ringing loudly',
    'calls many',
    'icon',
    'prompt',
    'key',
    'tone Nonsense',
    'on',
    'on Alan',
    'on Alan singing',
    'hears',
    'hears only',
    'list rows two',
    'list icon big',
    'list first Ada lock',
    'media tls',
    '',
  ])('%j is no condition', (words) => {
    expect(parseCondition(words === '' ? [] : words.split(' '))).toBeTypeOf('string');
  });

  function seen(facts: Partial<Seen>): Seen {
    return {
      screen: BLANK_SCREEN,
      focus: undefined,
      icon: 'none',
      iconOf: ({ security }) => (security === 3 ? 'lock' : 'none'),
      registration: 'registered',
      version: 20,
      counters: () => NO_COUNTERS,
      statistics: () => undefined,
      audio: { hears: () => [] },
      ...facts,
    };
  }
});

describe('running', () => {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).toReversed()) await close();
  });

  test('each line is told as JSON, and the whole run came true', async () => {
    const { cast, events } = await stage();
    const ok = await run(
      cast,
      `phone a SEP000000001001 mode=nonsecure
       phone b SEP000000001002 mode=nonsecure register=no
       b register
       all expect registered
       a expect key NewCall
       a force RmLstC
       a keeps idle 0.1
       print half time
       b drop
       b expect unregistered
       b register
       all stop`,
    );
    await cast.stop();
    expect(events('step').filter((each) => each.ok !== true)).toEqual([]);
    expect(ok).toBe(true);
    expect(events('step')).toHaveLength(12);
    expect(events('key')).toMatchObject([{ phone: 'a', key: 'RmLstC' }]);
    expect(events('print')).toMatchObject([{ text: 'half time' }]);
    expect(events('registered').map((each) => each.phone)).toEqual(['a', 'b', 'b']);
    expect(events('closed').map((each) => each.phone)).toEqual(['b', 'a', 'b']);
    expect(events('statistics')).toHaveLength(2);
    expect(events('screen').length).toBeGreaterThan(4);
  });

  test('the first line that does not come true ends the script, with the screen', async () => {
    const { cast, events } = await stage();
    const ok = await run(
      cast,
      'phone a SEP000000001001 mode=nonsecure\nexpect icon lock 0.1s\nexpect registered',
    );
    expect(ok).toBe(false);
    expect(events('step').at(-1)).toMatchObject({
      line: 2,
      text: 'expect icon lock 0.1s',
      ok: false,
      error: 'SEP000000001001 waited 0.1 s for icon lock',
      screen: expect.stringContaining('keys: NewCall  MeetMe'),
    });
  });

  test('a refusal is expected with its text, and another text is a failure', async () => {
    const { cast, events } = await stage({ rejection: 'Security mode mismatch' });
    const declared = 'phone a SEP000000001001 mode=nonsecure register=no\n';
    expect(await run(cast, `${declared}register fails mode mismatch\nrefused`)).toBe(true);
    const again = await stage({ rejection: 'Device not configured' });
    expect(await run(again.cast, `${declared}refused mode mismatch`)).toBe(false);
    expect(again.events('step').at(-1)?.error).toMatch(/refused, but otherwise: .*not configured/);
    expect(events('closed')).toMatchObject([{ rejection: 'Security mode mismatch' }, {}]);
  });

  test('who is not registered can do nothing', async () => {
    const { cast, events } = await stage();
    const declared = 'phone a SEP000000001001 mode=nonsecure register=no\n';
    expect(await run(cast, `${declared}offhook`)).toBe(false);
    expect(await run(cast, 'all offhook', ['a'])).toBe(false);
    expect(events('step').map((each) => each.error)).toEqual([
      undefined,
      'a is not registered',
      'no phone is registered',
    ]);
  });

  test('a condition that does not keep is told', async () => {
    const { cast, events } = await stage();
    expect(await run(cast, 'phone a SEP000000001001 mode=nonsecure\nkeeps connected 0.1')).toBe(
      false,
    );
    expect(events('step').at(-1)?.error).toBe('SEP000000001001 did not keep: connected');
  });

  async function stage(options: Parameters<typeof FakeCallManager.listen>[0] = {}): Promise<{
    readonly cast: Cast;
    readonly events: (event: string) => readonly Readonly<Record<string, unknown>>[];
  }> {
    const manager = await FakeCallManager.listen(options);
    const printed: string[] = [];
    const cast = new Cast({
      dataDirectory: '',
      host: '127.0.0.1',
      sccpPort: manager.port,
      sccpTlsPort: manager.port,
      json: true,
      print: (line) => printed.push(line),
    });
    opened.push(async () => {
      await cast.stop();
      await manager.close();
    });
    const parsed = (): readonly Readonly<Record<string, unknown>>[] =>
      printed.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    return { cast, events: (event) => parsed().filter((each) => each.event === event) };
  }
});

async function run(cast: Cast, text: string, known: readonly string[] = []): Promise<boolean> {
  return await runScript(cast, parseScript(text, known));
}

function faultsOf(text: string, known: readonly string[] = []): readonly string[] {
  try {
    parseScript(text, known);
    return [];
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    return error.message.split('\n');
  }
}
