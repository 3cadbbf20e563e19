import { describe, expect, test } from 'vitest';
import { CallState, SoftKeyEvent, SoftKeySet } from '../wire/enumerations.ts';
import {
  standardSoftKeySets,
  standardSoftKeyTemplate,
  validKeyMask,
} from '../wire/softkey-templates.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import {
  describeLiveSoftkeys,
  type PhoneCommand,
  runCommand,
  softkeyEventOf,
} from './phone-commands.ts';
import { BLANK_SCREEN, focusOf, type Screen, screenAfter } from './phone-screen.ts';

/* Goal: a phone sends what its user does, on the call that he means, and nothing that is not live. */

describe('softkeys', () => {
  test('on the idle phone a key belongs to no call', () => {
    expect(sent(idle(), { type: 'softkey', key: 'NewCall' })).toEqual({
      name: 'SoftKeyEvent',
      body: { softKeyEvent: SoftKeyEvent.NewCall, lineInstance: 1, callReference: 0 },
    });
  });

  test.each(['Hold', 'hold', ' HOLD ', '3'])('%j is the key Hold', (key) => {
    expect(sent(connected(7), { type: 'softkey', key })).toMatchObject({
      body: { softKeyEvent: SoftKeyEvent.Hold, lineInstance: 2, callReference: 7 },
    });
  });

  test('a key that is not live is not sent, and the live ones are named by call', () => {
    const screen = ringing(connected(7), 8);
    expect(runCommand(screen, { type: 'softkey', key: 'Resume' })).toMatchObject({
      ok: false,
      error: 'key-not-live',
      detail: expect.stringMatching(/^live softkeys: Hold, EndCall.* \(call 7\); Answer/),
    });
    expect(describeLiveSoftkeys(BLANK_SCREEN)).toBe('none');
  });

  test('a key that is live only on another call is pressed there', () => {
    const screen = ringing(connected(7), 8);
    expect(focusOf(screen)?.reference).toBe(7);
    expect(sent(screen, { type: 'softkey', key: 'Answer' })).toMatchObject({
      body: { callReference: 8 },
    });
    expect(runCommand(screen, { type: 'softkey', key: 'Answer', call: 7 }).ok).toBe(false);
  });

  test('a masked key is not live', () => {
    const screen = connected(7, [SoftKeyEvent.Hold]);
    expect(runCommand(screen, { type: 'softkey', key: 'Hold' })).toMatchObject({
      error: 'key-not-live',
    });
  });

  test('a hostile phone presses what it likes', () => {
    const force = true;
    expect(sent(connected(7), { type: 'softkey', key: 'RmLstC', force })).toMatchObject({
      body: { softKeyEvent: SoftKeyEvent.RmLstC, callReference: 7 },
    });
    expect(sent(idle(), { type: 'softkey', key: '250', call: 99, force })).toMatchObject({
      body: { softKeyEvent: 250, callReference: 99 },
    });
    expect(runCommand(idle(), { type: 'softkey', key: 'Nonsense', force })).toMatchObject({
      error: 'no-such-key',
    });
  });

  test('events have names, whatever their case, and numbers', () => {
    expect(softkeyEventOf('confrn')).toBe(13);
    expect(softkeyEventOf('79')).toBe(79);
    expect(softkeyEventOf('toString')).toBeUndefined();
  });
});

describe('other keys', () => {
  test.each([
    ['0', 0],
    ['9', 9],
    ['D', 13],
    ['*', 14],
    ['#', 15],
    ['+', 16],
  ])('the key %s is %i', (digit, kpButton) => {
    expect(sent(connected(7), { type: 'digit', digit })).toEqual({
      name: 'KeypadButton',
      body: { kpButton, lineInstance: 2, callReference: 7 },
    });
  });

  test.each(['x', '', '12'])('there is no key %j', (digit) => {
    expect(runCommand(idle(), { type: 'digit', digit })).toMatchObject({ error: 'no-such-key' });
  });

  test('handset, lines, buttons and whole numbers', () => {
    expect(sent(idle(), { type: 'off-hook' })).toMatchObject({ name: 'OffHook' });
    expect(sent(connected(7), { type: 'on-hook' })).toEqual({
      name: 'OnHook',
      body: { lineInstance: 2, callReference: 7 },
    });
    expect(sent(idle(), { type: 'line', line: 2 })).toEqual({
      name: 'Stimulus',
      body: { stimulus: 9, lineInstance: 2 },
    });
    expect(sent(idle(), { type: 'button', button: 'Hold' })).toMatchObject({
      body: { stimulus: 3 },
    });
    expect(sent(idle(), { type: 'enbloc', digits: '1002' })).toMatchObject({
      name: 'EnblocCall',
      body: { calledParty: '1002' },
    });
    const digits = '1'.repeat(25);
    expect(runCommand(idle(), { type: 'enbloc', digits }).ok).toBe(false);
  });
});

describe('the conference list', () => {
  test('LST-04: a row is answered in the words of the message that brought it', () => {
    expect(sent(listed(true), { type: 'list-row', row: 'alan' })).toEqual({
      name: 'DeviceToUserDataVersion1',
      body: {
        deviceToUserDataVersion1: {
          applicationId: 1,
          lineInstance: 2,
          callReference: 9,
          transactionId: 4,
          dataLength: 2,
          sequenceFlag: 2,
          conferenceId: 9,
          appInstanceID: 5,
          routingID: 6,
          xmldata: '12',
        },
      },
    });
  });

  test('an old call manager gets the old message', () => {
    const screen = listed(true, false);
    expect(sent(screen, { type: 'list-key', key: 'Update' })).toMatchObject({
      name: 'DeviceToUserData',
      body: { deviceToUserData: { applicationId: 1, callReference: 9, xmldata: 'Update' } },
    });
  });

  test.each([
    ['Ann', '13'],
    ['Al', '12'],
    ['Turing', '12'],
    ['ANNA', '11'],
  ])('%s means the row %s', (row, xmldata) => {
    expect(sent(listed(true), { type: 'list-row', row })).toMatchObject({
      body: { deviceToUserDataVersion1: { xmldata } },
    });
  });

  test('LST-05: nobody is removed without the key, except by a hostile phone', () => {
    const command = { type: 'list-row', row: 'Alan' } as const;
    expect(runCommand(listed(false), command)).toMatchObject({
      error: 'not-offered',
      detail: expect.stringContaining('no Remove key'),
    });
    expect(sent(listed(false), { ...command, force: true })).toMatchObject({
      body: { deviceToUserDataVersion1: { xmldata: '12' } },
    });
  });

  test('what cannot be is told: no list, no row, no key, a URL of another kind', () => {
    expect(runCommand(idle(), { type: 'list-row', row: 'Alan' })).toMatchObject({
      error: 'no-list',
    });
    expect(runCommand(idle(), { type: 'list-key', key: 'Exit' })).toMatchObject({
      error: 'no-list',
    });
    for (const row of ['Nobody', '']) {
      expect(runCommand(listed(true), { type: 'list-row', row })).toMatchObject({
        error: 'no-such-row',
        detail: 'rows: Anna, Alan Turing, Ann',
      });
    }
    expect(runCommand(listed(true), { type: 'list-key', key: 'Mute' })).toMatchObject({
      error: 'not-offered',
    });
    const strange = listed(true, true, 'http://example.org/');
    expect(runCommand(strange, { type: 'list-row', row: 'Alan' })).toMatchObject({
      error: 'unknown-url',
    });
  });

  test('Exit closes the list and sends nothing; Remove acts on the row', () => {
    const closed = runCommand(listed(true), { type: 'list-key', key: 'exit' });
    if (!closed.ok) throw new Error(closed.error);
    expect(closed.value.messages).toEqual([]);
    expect(closed.value.screen.list).toBeUndefined();
    expect(sent(listed(true), { type: 'list-key', key: 'Remove', row: 'Ann' })).toMatchObject({
      body: { deviceToUserDataVersion1: { xmldata: '13' } },
    });
    const gone = runCommand(listed(true), { type: 'close-list' });
    expect(gone.ok && gone.value.screen.list).toBeUndefined();
  });
});

/** The one message of a command. */
function sent(screen: Screen, command: PhoneCommand): unknown {
  const done = runCommand(screen, command);
  if (!done.ok) throw new Error(`${done.error}: ${done.detail}`);
  expect(done.value.messages).toHaveLength(1);
  return done.value.messages[0];
}

function idle(): Screen {
  return shown(
    BLANK_SCREEN,
    message('SoftKeyTemplateRes', standardSoftKeyTemplate()),
    message('SoftKeySetRes', standardSoftKeySets()),
    message('SelectSoftKeys', {
      lineInstance: 0,
      callReference: 0,
      softKeySetIndex: SoftKeySet.OnHook,
      validKeyMask: validKeyMask(SoftKeySet.OnHook, []),
    }),
  );
}

function connected(callReference: number, without: readonly number[] = []): Screen {
  return withCall(idle(), {
    callReference,
    callState: CallState.Connected,
    set: SoftKeySet.Connected,
    without,
  });
}

function ringing(screen: Screen, callReference: number): Screen {
  return withCall(screen, {
    callReference,
    callState: CallState.RingIn,
    set: SoftKeySet.RingIn,
    without: [],
  });
}

function withCall(
  screen: Screen,
  call: {
    readonly callReference: number;
    readonly callState: number;
    readonly set: number;
    readonly without: readonly number[];
  },
): Screen {
  const place = { lineInstance: 2, callReference: call.callReference };
  return shown(
    screen,
    message('CallState', {
      callState: call.callState,
      privacy: 0,
      precedence: { precedenceLevel: 0, precedenceDomain: 0 },
      ...place,
    }),
    message('SelectSoftKeys', {
      softKeySetIndex: call.set,
      validKeyMask: validKeyMask(call.set, call.without),
      ...place,
    }),
  );
}

function listed(mayRemove: boolean, version1 = true, url?: string): Screen {
  const row = (name: string, id: number): string =>
    `<MenuItem><IconIndex>3</IconIndex><Name>${name}</Name>` +
    `<URL>${url ?? `UserCallData:1:2:9:4:${id}`}</URL></MenuItem>`;
  const key = (name: string, to: string): string =>
    `<SoftKeyItem><Name>${name}</Name><Position>1</Position><URL>${to}</URL></SoftKeyItem>`;
  const xmldata =
    '<CiscoIPPhoneIconFileMenu><Title IconIndex="3">Conferee List</Title>' +
    row('Anna', 11) +
    row('Alan Turing', 12) +
    row('Ann *', 13) +
    key('Update', 'UserCallData:1:2:9:4:Update') +
    key('Exit', 'SoftKey:Exit') +
    (mayRemove ? key('Remove', 'SoftKey:Select') : '') +
    '</CiscoIPPhoneIconFileMenu>';
  const common = {
    applicationId: 1,
    lineInstance: 2,
    callReference: 7,
    transactionId: 4,
    dataLength: xmldata.length,
    xmldata,
  };
  return shown(
    connected(7),
    version1
      ? message('UserToDeviceDataVersion1', {
          userToDeviceDataVersion1: {
            ...common,
            sequenceFlag: 2,
            displayPriority: 2,
            conferenceId: 9,
            appInstanceID: 5,
            routingID: 6,
          },
        })
      : message('UserToDeviceData', { userToDeviceData: common }),
  );
}

function shown(screen: Screen, ...messages: readonly AnyMessage[]): Screen {
  return messages.reduce((before, each) => screenAfter(before, each), screen);
}

function message<N extends MessageName>(name: N, body: BodyInput<N>): AnyMessage {
  return { name, body } as AnyMessage;
}
