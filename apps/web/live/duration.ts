/** How long something lasts: 75 seconds are 1:15, an hour more is 1:01:15. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = 0, ...rest] = parts;
  const shown = hours > 0 ? parts : rest;
  return shown
    .map((each, at) => (at === 0 ? String(each) : String(each).padStart(2, '0')))
    .join(':');
}
