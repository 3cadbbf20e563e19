import { describe, expect, test } from 'vitest';
import {
  type ConferenceUser,
  formatConferenceInfo,
  SECURITY_NAMESPACE,
} from './conference-info.ts';
import { rawText } from './text.ts';
import { childOf, childText, parseXml, type XmlElement } from './xml.ts';

/*
 * Goal: the roster is what RFC 4575 describes, tells the level of the conference and of each member, and a
 * member's name is never more than a name. Method: the document is read back.
 */

const ADA: ConferenceUser = {
  entity: 'sip:2001@192.0.2.1',
  endpoint: 'sip:SEP000000000001@192.0.2.1;leg=1',
  displayText: 'Ada (encrypted)',
  level: 'encrypted',
  status: 'connected',
};

describe('a roster', () => {
  test('has state, users, endpoints and media in the order of the schema (RFC 4575 §5)', () => {
    const root = roster([ADA, { ...ADA, status: 'on-hold' }]);
    expect(root.name).toBe('conference-info');
    expect([...root.attributes]).toEqual([
      ['xmlns', 'urn:ietf:params:xml:ns:conference-info'],
      ['xmlns:sec', SECURITY_NAMESPACE],
      ['entity', 'sip:conf-1@192.0.2.1'],
      ['state', 'full'],
      ['version', '7'],
    ]);
    expect(root.children.map(({ name }) => name)).toEqual([
      'conference-description',
      'conference-state',
      'users',
    ]);
    const users = childOf(root, 'users')?.children ?? [];
    expect(childText(childOf(root, 'conference-state'), 'user-count')).toBe('2');
    const endpoint = childOf(users[1], 'endpoint');
    expect(childText(endpoint, 'status')).toBe('on-hold');
    expect(childText(childOf(endpoint, 'media'), 'status')).toBe('inactive');
    expect(endpoint?.children.map(({ name }) => name)).toEqual(['status', 'media', 'level']);
  });

  test('tells the level of the conference and of each member (LST-02)', () => {
    const root = roster([ADA, { ...ADA, level: 'nonsecure' }]);
    expect(childText(childOf(root, 'conference-state'), 'level')).toBe('nonsecure');
    const levels = childOf(root, 'users')?.children.map((user) =>
      childText(childOf(user, 'endpoint'), 'level'),
    );
    expect(levels).toEqual(['encrypted', 'nonsecure']);
  });

  test.each([
    ['</display-text><sec:level>encrypted</sec:level>', undefined],
    ['"><x y="', undefined],
    ['&lt;&amp;', undefined],
    ['<![CDATA[', undefined],
    ['Zoë 🔒', undefined],
    ['a\0b\x1bc\ufffe', 'abc'],
    [rawText('\x804'), '4'],
  ])('has the name %j as a name and nothing else', (name, shown = name) => {
    const root = roster([{ ...ADA, displayText: name, entity: `sip:${name}@x` }]);
    const [user, more] = childOf(root, 'users')?.children ?? [];
    expect(more).toBeUndefined();
    expect(childText(user, 'display-text')).toBe(shown);
    expect(user?.attributes.get('entity')).toBe(`sip:${shown}@x`);
    expect(user?.children.map((each) => each.name)).toEqual(['display-text', 'endpoint']);
  });
});

function roster(users: readonly ConferenceUser[]): XmlElement {
  const text = formatConferenceInfo({
    entity: 'sip:conf-1@192.0.2.1',
    version: 7,
    subject: 'Conference',
    level: 'nonsecure',
    isActive: true,
    users,
  });
  const parsed = parseXml(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
