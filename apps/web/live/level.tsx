/** A level as the phones show it: a lock, a shield, or the plain call icon; always with its word. */
import type { LiveLevel } from '@conclave/api';
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';

const COLOURS: Readonly<Record<LiveLevel, string>> = {
  unknown: 'gray',
  nonsecure: 'orange',
  authenticated: 'blue',
  encrypted: 'teal',
};

/** Of 16 by 16. */
const SHAPES: Readonly<Record<LiveLevel, string>> = {
  encrypted: 'M4 7V5a4 4 0 0 1 8 0v2h1v8H3V7zm2 0h4V5a2 2 0 0 0-4 0z',
  authenticated: 'M8 1l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V3z',
  nonsecure:
    'M3 1h3l1 4-2 1.5a9 9 0 0 0 4.5 4.5L11 9l4 1v3c0 1-1 2-2 2A12 12 0 0 1 1 3c0-1 1-2 2-2z',
  unknown: 'M5 6a3 3 0 1 1 4 2.8V10H7V7.4A1.2 1.2 0 1 0 6.8 6zM7 12h2v2H7z',
};

export interface LevelProps {
  readonly level: LiveLevel;
  /** Absent: the word of the level alone. */
  readonly size?: 'sm' | 'lg';
}

export function Level({ level, size = 'sm' }: LevelProps) {
  const { t } = useTranslation('live');
  return (
    <Badge
      color={COLOURS[level]}
      c="var(--mantine-color-text)"
      variant="outline"
      miw="max-content"
      size={size}
      leftSection={
        <svg viewBox="0 0 16 16" width={12} height={12} aria-hidden="true">
          <path d={SHAPES[level]} fill="currentColor" fillRule="evenodd" />
        </svg>
      }
    >
      {t(`levels.${level}`)}
    </Badge>
  );
}
