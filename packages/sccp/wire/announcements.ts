/**
 * What conference bridges of ours can say, by name, and the numbers that stand for it in
 * StartAnnouncement. They lie beyond the tones that devices know.
 */

export const ANNOUNCEMENTS = [
  ...(['level-encrypted', 'level-authenticated', 'level-nonsecure'] as const),
  ...(['refused-authenticated', 'refused-encrypted', 'muted', 'unmuted'] as const),
  ...(['alone', 'participants', 'removed', 'held'] as const),
  ...(['digit-0', 'digit-1', 'digit-2', 'digit-3', 'digit-4'] as const),
  ...(['digit-5', 'digit-6', 'digit-7', 'digit-8', 'digit-9'] as const),
  ...(['party-encrypted', 'party-authenticated', 'party-nonsecure'] as const),
] as const;

export type AnnouncementName = (typeof ANNOUNCEMENTS)[number];

const FIRST_TONE = 0x8000;

export function toneOfAnnouncement(name: AnnouncementName): number {
  return FIRST_TONE + ANNOUNCEMENTS.indexOf(name);
}

export function announcementOfTone(tone: number): AnnouncementName | undefined {
  return ANNOUNCEMENTS[tone - FIRST_TONE];
}
