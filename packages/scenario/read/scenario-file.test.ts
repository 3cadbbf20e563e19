import { describe, expect, test } from 'vitest';
import { readScenario, ScenarioError } from './scenario-file.ts';

/* Goal: a short file is enough; what is wrong is said with file, line, column, key and what is allowed. */

const TRIO = 'phones: {A: encrypted, B: encrypted, C: encrypted}\n';
const PHONES = 'phones: {A: encrypted, B: encrypted}\n';

describe('what may be left away', () => {
  const { cluster, name, steps } = readScenario(`${PHONES}steps: []\n`, 'x.yaml');

  test('phones are encrypted 7961G over SCCP that can be barged', () => {
    expect(cluster.configuration.phones.get('B')).toMatchObject({
      model: '7961G',
      firmware: '9.4(2)',
      protocol: 'SCCP',
      securityMode: 'encrypted',
      builtInBridge: true,
      privacy: false,
      lines: [{ index: 1, directoryNumber: '1002', displayName: 'B' }],
    });
  });

  test('a mixed cluster with one secure bridge, meet-me numbers and park numbers', () => {
    const { mixedMode, meetMeNumbers, parkNumbers } = cluster.configuration;
    expect([mixedMode, parkNumbers?.length, parkNumbers?.[0]]).toEqual([true, 10, '7100']);
    expect(cluster.bridges).toMatchObject([{ name: 'SB', secure: true, registered: true }]);
    expect(meetMeNumbers.map((each) => [each.pattern, each.minimum])).toEqual([
      ['5000', 'nonsecure'],
      ['5001', 'authenticated'],
      ['5002', 'encrypted'],
    ]);
  });

  test('the name is the file', () => {
    expect([name, steps.length]).toEqual(['x.yaml', 1]);
  });
});

describe('the cluster', () => {
  test('a number that a phone names is given to no other; phones may share one', () => {
    const source = 'phones: {A: {number: 1002}, B: encrypted, C: encrypted, D: {number: 1002}}\n';
    const { phones } = read(`${source}steps: []`);
    const numbers = [...phones.values()].map(({ lines }) => lines[0]?.directoryNumber);
    expect(numbers).toEqual(['1002', '1001', '1003', '1002']);
  });

  test('numbers of phones are no meet-me or park numbers by default', () => {
    const { meetMeNumbers, parkNumbers } = read('phones: {A: {lines: [5001, 7100]}}\nsteps: []');
    expect(meetMeNumbers.map((each) => each.pattern)).toEqual(['5000', '5002']);
    expect(parkNumbers?.[0]).toBe('7101');
  });

  test('the only list is everybody’s; bridges that a phone names are its own list, in order', () => {
    const { phones, lists, groups } = read(`
bridges: {SB: secure, NB: nonsecure}
groups: {G: SB}
lists: {L: G}
phones: {A: encrypted, B: {resources: [NB, SB]}}
steps: []
`);
    expect(phones.get('A')?.mediaResourceList).toBe('L');
    const own = lists.get(phones.get('B')?.mediaResourceList ?? '') ?? [];
    expect(own.flatMap((group) => groups.get(group) ?? [])).toEqual(['NB', 'SB']);
  });

  test('parameters have the names of CUCM or short ones; two of them are of phones', () => {
    const { parameters, phones } = read(`
parameters:
  Advanced Ad Hoc Conference Enabled: True
  dropAdHocConference: When Conference Controller Leaves
  Built-in Bridge Enable: Off
phones: {A: encrypted}
steps: []
`);
    expect(parameters).toMatchObject({
      advancedAdHocConference: true,
      dropAdHocConference: 'when-conference-controller-leaves',
    });
    expect(phones.get('A')?.builtInBridge).toBe(false);
  });

  test('TIP-11: in a nonsecure cluster no bridge is secure', () => {
    const source = `cluster: {mixedMode: false}\n${PHONES}steps: []`;
    expect(readScenario(source, 'x').cluster.bridges).toMatchObject([{ secure: false }]);
  });
});

describe('the words of a step', () => {
  test.each([
    ['calls B', 'call B'],
    ['call to B', 'call B'],
    ['hangs up', 'hang up'],
    ['hang-up', 'hang up'],
    ['end call', 'hang up'],
    ['Meet-Me 5001', 'meet me 5001'],
    ['MeetMe 5001', 'meet-me 5001'],
    ['add B', 'conference B'],
    ['conference with B and C', 'conference B, C'],
    ['joins B', 'join B'],
    ['ConfList', 'list'],
    ['RmLstC', 'remove last'],
    ['cBarges B', 'c barge B'],
    ['off-hook', 'off hook'],
    ['presses Confrn', 'press confrn'],
    ['press Cbarge', 'press cBarge'],
    ['holds the call with B', 'hold B'],
    ['direct-transfer B', 'direct transfer B'],
    ['dial 1002', 'dial B'],
  ])('%s is %s', (one, other) => {
    const deedOf = (words: string) =>
      readScenario(`${TRIO}steps:\n  - A: ${words}`, 'x').steps[1]?.deed;
    expect(deedOf(one)).toEqual(deedOf(other));
    expect(deedOf(one)).toBeDefined();
  });
});

describe('what is wrong is said', () => {
  test.each([
    ['phones: {A: secret}\nsteps: []', 'x.yaml:1:13: phones.A: "secret": must be one of encrypted'],
    [
      'phones: {A: {model: 7961G, colour: red}}\nsteps: []',
      '1:28: phones.A.colour: is no key; keys',
    ],
    ['phones: {A: {number: 12a}}\nsteps: []', '1:22: phones.A.number: "12a": must be digits'],
    ['phones: {A B: encrypted}\nsteps: []', '1:10: phones.A B: a name here must be a name of at'],
    ['phones: {all: encrypted}\nsteps: []', '1:10: phones.all: a name here must be'],
    ['phones: {SB: encrypted}\nsteps: []', '1:10: SB: names must differ among phones, bridges'],
    [
      'phones: {A: {resources: XB}}\nsteps: []',
      '1:14: phones.A.resources: there is no list, bridge XB',
    ],
    [
      `${PHONES}groups: {G: [SB, XB]}\nsteps: []`,
      '2:10: groups.G: there is no bridge XB; there are SB',
    ],
    [`${PHONES}lists: {L: [G]}\nsteps: []`, '2:9: lists.L: there is no group G; there are none'],
    [
      'phones: {A: {number: 70}}\nmeetMe: {70: encrypted}\nsteps: []',
      '2:10: meetMe.70: 70 is a line',
    ],
    ['phones: {A: {number: 70}}\npark: 70\nsteps: []', '2:1: park: 70 is a line of a phone'],
    ['phones: [A]\nsteps: []', '1:9: phones: must be names, each with a value'],
    ['steps: []', 'x.yaml:1:1: phones: is missing'],
    [PHONES, '1:1: steps: is missing'],
    ['phones: {A: encrypted\nsteps: []', 'x.yaml:2:'],
    ['', 'x.yaml:1:1: must be keys and values; keys are name, about, proves'],
    [`${PHONES}parameters: {Maximum Ad Hoc Conference: 65}\nsteps: []`, 'from 3 to 64'],
    [`${PHONES}parameters: {Hold Music: true}\nsteps: []`, '2:14: parameters.Hold Music: is no'],
    [`${PHONES}parameters: {partyEntranceTone: loud}\nsteps: []`, 'must be true or false'],
    [`${PHONES}meetMe: {5000: low}\nsteps: []`, '2:16: meetMe.5000: "low": must be one of enc'],
    [`${PHONES}steps: {A: call B}`, '2:8: steps: must be a list'],
    [`${PHONES}steps:\n  - A calls B`, '3:5: steps[1]: must be NAME: what it does'],
    [`${PHONES}steps:\n  - C: call B`, '3:5: steps[1].C: there is no C (A, B, SB)'],
    [
      `${PHONES}steps:\n  - A: sing`,
      '3:8: steps[1].A: "sing" is nothing that A can do; it can: call',
    ],
    [`${PHONES}steps:\n  - A: call C`, 'steps[1].A: there is no phone C; there are A, B'],
    [`${PHONES}steps:\n  - A: press Sing`, 'there is no key Sing; keys are NewCall, EndCall'],
    [`${PHONES}steps:\n  - SB: call A`, 'SB is no phone and cannot call WHO'],
    [`${PHONES}steps:\n  - A: call B\n    B: answer`, '3:5: steps[1]: must be one thing; make two'],
    [`${PHONES}steps:\n  - wait: long`, 'steps[1].wait: must be a time such as 30 s'],
    [`${PHONES}steps:\n  - expect: {C: lock}`, 'there is no phone C (A, B); a key is a phone'],
    [`${PHONES}steps:\n  - expect: {A: locked}`, '3:17: steps[1].expect.A: "locked": must be idle'],
    [
      `${PHONES}steps:\n  - expect: {A: {ikon: lock}}`,
      'steps[1].expect.A.ikon: is no key; keys are icon',
    ],
    [
      `${PHONES}steps:\n  - expect: {conference: {level: high}}`,
      '"high": must be one of encrypted',
    ],
    [
      `${PHONES}steps:\n  - expect: {record: {price: 1}}`,
      'record.price: is no key; keys are calling',
    ],
    [`${PHONES}steps:\n  - expect: {cause: many}`, 'cause: must be a whole number'],
    [`${PHONES}steps:\n  - expect: {A: lock, A: idle}`, '3:23: the same key is there twice'],
    [
      `${PHONES}steps:\n  - {A: conference B, C}`,
      'there is no C (A, B, SB) (in braces, put quotes',
    ],
  ])('%j', (source, fault) => {
    expect(() => readScenario(source, 'x.yaml')).toThrow(ScenarioError);
    expect(() => readScenario(source, 'x.yaml')).toThrow(fault);
  });

  test('all of it at once, a line for each, and nothing that only follows from it', () => {
    const source = 'phones: {A: secret, B: hidden}\nsteps: [{A: call B}]';
    expect(() => readScenario(source, 'x')).toThrow(/^x:1:13: .*\nx:1:24: .*$/);
  });
});

function read(source: string): ReturnType<typeof readScenario>['cluster']['configuration'] {
  return readScenario(source, 'x.yaml').cluster.configuration;
}
