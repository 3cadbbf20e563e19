/** Times as the reader's language writes them, in his own time zone. */
import i18next from 'i18next';

/** `ms` since 1970, UTC. */
export function timeText(ms: number): string {
  return new Intl.DateTimeFormat(i18next.language, {
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(ms);
}
