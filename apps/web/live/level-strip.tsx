/** A conference's level over time: the higher the bar, the higher the level. The list beside it says the same. */
import type { LevelChange, LiveConference, LiveLevel } from '@conclave/api';
import { useTranslation } from 'react-i18next';
import { timeText } from '../locale/time.ts';
import classes from './live.module.css';

const HEIGHTS: Readonly<Record<LiveLevel, number>> = {
  unknown: 2,
  nonsecure: 4,
  authenticated: 8,
  encrypted: 12,
};

const WIDTH = 300;
const HEIGHT = 12;

export interface LevelStripProps {
  readonly conference: Pick<LiveConference, 'startedMs' | 'timeline'>;
  readonly nowMs: number;
}

export function LevelStrip({ conference: { startedMs, timeline }, nowMs }: LevelStripProps) {
  const { t } = useTranslation('live');
  const wholeMs = Math.max(nowMs - startedMs, 1);
  const xAt = (ms: number): number => (Math.max(ms - startedMs, 0) / wholeMs) * WIDTH;
  const words = timeline.map(({ atMs, level }) => `${timeText(atMs)} ${t(`levels.${level}`)}`);
  return (
    <svg
      className={classes.strip}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${t('timeline')}: ${words.slice(-5).join(', ')}`}
    >
      {timeline.map((change, at) => (
        <rect
          key={`${change.atMs} ${change.level}`}
          className={classes[change.level]}
          x={xAt(change.atMs)}
          y={HEIGHT - HEIGHTS[change.level]}
          width={Math.max(xAt(endOf(timeline, at, nowMs)) - xAt(change.atMs), 0.5)}
          height={HEIGHTS[change.level]}
        />
      ))}
    </svg>
  );
}

function endOf(timeline: readonly LevelChange[], at: number, nowMs: number): number {
  return timeline[at + 1]?.atMs ?? nowMs;
}
