/**
 * The two tones that each announcement begins with: what a level sounds like to who does not know the
 * language, and how a recording shows which announcement was heard.
 */
export const ANNOUNCEMENT_SIGNATURES: Readonly<Record<string, readonly [number, number]>> = {
  'level-encrypted': [620, 1510],
  'level-authenticated': [620, 1310],
  'level-nonsecure': [620, 1110],
  'refused-authenticated': [820, 1310],
  'refused-encrypted': [820, 1510],
  muted: [720, 2110],
  unmuted: [720, 2310],
};

/** Each tone of them, and how long both sound. */
export const SIGNATURE_LEVEL_DBOV: number = -20;
export const SIGNATURE_MS: number = 300;
