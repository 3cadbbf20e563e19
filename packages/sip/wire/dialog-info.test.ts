import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type DialogEntry,
  type DialogInfo,
  formatDialogInfo,
  parseDialogInfo,
} from './dialog-info.ts';

/*
 * Goal: dialog events are written as RFC 4235 has them and read as phones send them. Method: what is
 * written is read as the same; examples.
 */

describe('a dialog document', () => {
  test('that is written is read as the same (RFC 4235 §4)', () => {
    fc.assert(
      fc.property(documents, (info) => {
        expect(parseDialogInfo(formatDialogInfo(info))).toEqual({ ok: true, value: info });
      }),
    );
  });

  test('of a phone may say no more than that its receiver is lifted', () => {
    const parsed = parseDialogInfo(
      '<?xml version="1.0"?><dlg:dialog-info xmlns:dlg="urn:ietf:params:xml:ns:dialog-info" version="3"' +
        ' state="partial" entity="sip:2004@192.0.2.1"><dlg:dialog id="7"><dlg:state>trying</dlg:state>' +
        '</dlg:dialog><dlg:dialog id="8"><dlg:state>dreaming</dlg:state></dlg:dialog></dlg:dialog-info>',
    );
    expect(parsed).toEqual({
      ok: true,
      value: {
        version: 3,
        isFull: false,
        entity: 'sip:2004@192.0.2.1',
        dialogs: [{ id: '7', state: 'trying' }],
      },
    });
  });

  test('tells of RFC 4235 §6.2 whether a side holds', () => {
    const info = (isHolding: boolean) =>
      formatDialogInfo({
        version: 0,
        isFull: true,
        entity: 'sip:a@b',
        dialogs: [{ id: '1', state: 'confirmed', local: { uri: 'sip:a@b', isHolding } }],
      });
    expect(info(true)).toContain('<param pname="+sip.rendering" pval="no"/>');
    expect(info(false)).toContain('<param pname="+sip.rendering" pval="yes"/>');
  });

  test.each(['', '<x/>', '<dialog-info/>', '<dialog-info version="x"/>'])(
    'is refused: %s',
    (text) => {
      expect(parseDialogInfo(text)).toEqual({ ok: false, error: 'bad-dialog-info' });
    },
  );
});

const word = fc.stringMatching(/^[!-~]([ -~]{0,18}[!-~])?$/);
const party = fc.record(
  { uri: word, displayName: word, isHolding: fc.boolean() },
  { requiredKeys: ['uri'] },
);
const entry: fc.Arbitrary<DialogEntry> = fc.record(
  {
    id: word,
    dialog: fc.record({ callId: word, localTag: word, remoteTag: word }),
    direction: fc.constantFrom('initiator', 'recipient'),
    state: fc.constantFrom('trying', 'proceeding', 'early', 'confirmed', 'terminated'),
    local: party,
    remote: party,
  },
  { requiredKeys: ['id', 'state'] },
);
const documents: fc.Arbitrary<DialogInfo> = fc.record({
  version: fc.nat(),
  isFull: fc.boolean(),
  entity: word,
  dialogs: fc.array(entry, { maxLength: 4 }),
});
