/*
 * Goal: phones of the enterprise dialect have their keys, lists, texts and shared lines. Method: as in
 * lines.test.ts; requests are written as traces of such phones have them.
 */
import { describe, expect, test } from 'vitest';
import { houseOf, levelOf, TLS } from './sip-cast.ts';
import type { SipClient } from './sip-client.ts';

const PHONE = { ...TLS, isStandard: false, srtp: 'mandatory' } as const;
const CONFERENCE_HOLD = [['Call-Info', '<urn:x-cisco-remotecc:hold>; reason= conference']] as const;

function cast() {
  const { house, clients } = houseOf(
    { device: 'SEP00000000000A', model: '8861', ...PHONE },
    { device: 'SEP00000000000B', model: '8861', ...PHONE },
    { device: 'SEP00000000000C', model: '8861', ...PHONE },
  );
  const [ada, bob, cat] = clients as [SipClient, SipClient, SipClient];
  return { house, ada, bob, cat };
}

/** Ada confers with Bob and Cat by the Conference key. */
function conferring() {
  const all = cast();
  const { house, ada } = all;
  ada.call('2002');
  house.run(400);
  const first = ada.session;
  ada.reinvite('sendonly', CONFERENCE_HOLD);
  house.run(400);
  ada.direction = 'sendrecv';
  ada.call('2003');
  house.run(400);
  ada.softkey('Conference', first, ada.session);
  house.run(800);
  return { ...all, first };
}

describe('the Conference key (sip-phones §1.5)', () => {
  test('the call that waits and the consultation become one conference', () => {
    const { house, ada, bob, cat, first } = conferring();
    const [conference] = house.state.conferences.values();
    expect(conference?.participants).toHaveLength(3);
    expect(levelOf(house)).toBe('encrypted');
    for (const each of [ada, bob, cat]) expect(each.security).toBe('Encrypted');
    expect(ada.sipfrags.at(-1)).toMatch(/200/);
    // The phone still holds its first call: it is told to take it back.
    expect(ada.toldBy('REFER').some((body) => body.includes('holdretrievereq'))).toBe(true);
    expect(ada.agent.session(first)?.phase).toBe('confirmed');
  });

  test('the name is the code for Conference, as a raw byte (sip-phones §1.8)', () => {
    const { bob } = conferring();
    const value = bob.received.findLast(({ headers }) => headers.has('Remote-Party-ID'));
    const text = value?.headers.get('Remote-Party-ID') ?? '';
    // Byte 0x80 that is no UTF-8 is kept as a lone surrogate.
    expect(text.startsWith('"\udc804"')).toBe(true);
  });

  test('while a conference waits for another party its status is unknown to all (HLD-01)', () => {
    const { house, ada, bob, first } = conferring();
    ada.session = first;
    ada.reinvite('sendonly', CONFERENCE_HOLD);
    house.run(400);
    expect(bob.security).toBe('Unknown');
    ada.reinvite('sendrecv');
    house.run(400);
    expect(bob.security).toBe('Encrypted');
  });
});

describe('lists and removal', () => {
  test('ConfList sends the list with icons (LST-01); a choice in it removes (LST-04)', () => {
    const { house, ada, bob, first } = conferring();
    ada.softkey('ConfList', first);
    house.run();
    const list = ada.toldBy('REFER').at(-1) ?? '';
    expect(list).toContain('CiscoIPPhoneIconFileMenu');
    expect(list).toContain('Title IconIndex="3"');
    const conference = [...house.state.conferences.values()][0];
    const target = conference?.participants.find(({ device }) => device === bob.spec.device);
    ada.remotecc(
      '<datapassthroughreq><applicationid>1</applicationid><transactionid>1</transactionid>' +
        `<confid>${conference?.id}</confid></datapassthroughreq>`,
      String(target?.leg),
    );
    house.run(600);
    expect(bob.isTalking).toBe(false);
  });

  test('RmLastConf removes who joined last (LST-07)', () => {
    const { house, ada, cat, first } = conferring();
    ada.softkey('RmLastConf', first);
    house.run(600);
    expect(cat.isTalking).toBe(false);
    expect(ada.agent.session(first)?.phase).toBe('confirmed');
  });

  test('Join is refused to SIP phones, and the phone is shown why (JOI-01)', () => {
    const { house, ada } = cast();
    ada.call('2002');
    house.run(400);
    ada.softkey('Select', ada.session);
    house.run(50);
    ada.softkey('Join', ada.session);
    house.run();
    expect(ada.toldBy('REFER').at(-1)).toContain('<statustext>\x80\x2d</statustext>');
    expect(ada.sipfrags.at(-1)).toMatch(/500/);
  });
});

describe('other keys', () => {
  test('MeetMe is a call to the service of that name; below the minimum it is 488 (MTM-02)', () => {
    const { house, ada } = cast();
    ada.call('x-cisco-serviceuri-meetme-5002');
    house.run(400);
    expect(levelOf(house)).toBe('encrypted');
    expect(ada.security).toBe('Encrypted');
  });

  test('without it a meet-me number does not begin', () => {
    const { house, ada } = cast();
    ada.call('5002');
    house.run(400);
    expect(house.state.conferences.size).toBe(0);
  });

  test('Park shows where the call waits', () => {
    const { house, ada, bob } = cast();
    ada.call('2002');
    house.run(400);
    ada.softkey('Park', ada.session);
    house.run(400);
    expect(ada.isTalking).toBe(false);
    expect(bob.isTalking).toBe(true);
    expect(ada.toldBy('REFER').at(-1)).toContain('\x80\x21 7100');
  });

  test('a phone that asks whether it may come back is let (sip-phones §1.2)', () => {
    const { house, ada } = cast();
    const uri = 'sip:192.0.2.1';
    const headers = [['Refer-To', '<urn:x-cisco-remotecc:token-registration>']] as const;
    const from = `<sip:${ada.spec.device}@192.0.2.1>`;
    ada.agent.send(
      { method: 'REFER', uri, from, to: `<${uri}>`, headers },
      { flow: ada.ownFlow },
      ada.nowMs,
    );
    ada.pump();
    house.run();
    expect(ada.last).toMatchObject({ status: 202 });
  });
});

describe('a shared line', () => {
  test('is shown to its other phone by dialog events, which can cBarge (RFC 4235, CBG-01)', () => {
    const { house, clients } = houseOf(
      { device: 'SEP00000000000A', model: '8861', number: '2001', ...PHONE },
      { device: 'SEP00000000000B', model: '8861', number: '2001', ...PHONE },
      { device: 'SEP00000000000C', model: '8861', number: '2003', ...PHONE },
    );
    const [ada, bob, cat] = clients as [SipClient, SipClient, SipClient];
    ada.call('2003');
    house.run(400);
    const event = bob.toldBy('NOTIFY').at(-1) ?? '';
    expect(event).toContain('<state>confirmed</state>');
    const view = ada.agent.session(ada.session);
    expect(event).toContain(`call-id="${view?.callId}"`);
    bob.call('2001', true, [
      ['Join', `${view?.callId};from-tag=${view?.localTag};to-tag=${view?.remoteTag}`],
      ['Call-Info', '<urn:x-cisco-remotecc:cbarge>'],
    ]);
    house.run(800);
    expect([...house.state.conferences.values()][0]?.participants).toHaveLength(3);
    expect(cat.security).toBe('Encrypted');
    ada.bye();
    house.run(400);
    expect(bob.toldBy('NOTIFY').at(-1)).toContain('<state>terminated</state>');
  });
});
