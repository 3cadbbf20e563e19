/** The signed timelines: what each conference was shown as, and whether the file is as it was written. */
import type { LiveLevel, TimelineView } from '@conclave/api';
import { Anchor, Badge, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/request.ts';
import { FindAndList } from '../kit/find-and-list.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { Level } from '../live/level.tsx';
import { timeText } from '../locale/time.ts';

export function Timelines() {
  const { t } = useTranslation('records');
  const { data, error } = useQuery({
    queryKey: ['/records/timelines'],
    queryFn: () => get<readonly TimelineView[]>('/records/timelines'),
  });
  const nameOf = ({ number, conference }: TimelineView): string =>
    number === undefined
      ? t('live:adHoc', { id: conference ?? '?' })
      : t('live:meetMe', { number });
  return (
    <PageFrame title={t('timelines')}>
      <Text size="sm">{t('timelinesHelp')}</Text>
      <FindAndList
        rows={data}
        error={error}
        keyOf={({ file }) => file}
        columns={[
          {
            id: 'time',
            label: t('columns.began'),
            text: ({ startedMs }) => (startedMs === undefined ? '' : timeText(startedMs)),
          },
          { id: 'conference', label: t('columns.conference'), text: nameOf },
          {
            id: 'levels',
            label: t('columns.levels'),
            text: ({ levels }) => levels.join(' '),
            cell: ({ levels }) => (
              <Group gap={4}>
                {levels.slice(-MOST_LEVELS).map((level, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a level has no name but its place.
                  <Level key={at} level={level as LiveLevel} />
                ))}
              </Group>
            ),
          },
          {
            id: 'verdict',
            label: t('columns.verdict'),
            text: ({ fault, signedBy }) => fault ?? signedBy ?? '',
            cell: ({ fault, signedBy }) => {
              if (fault !== undefined) return <Text c="red">{fault}</Text>;
              const word = signedBy === undefined ? t('goesOn') : t('signed', { by: signedBy });
              return (
                <Badge variant="outline" c="var(--mantine-color-text)" miw="max-content">
                  {word}
                </Badge>
              );
            },
          },
          {
            id: 'file',
            label: t('columns.file'),
            text: ({ file }) => file,
            cell: ({ file }) => (
              <Anchor href={`/api/v1/records/timelines/${encodeURIComponent(file)}`}>{file}</Anchor>
            ),
          },
        ]}
      />
    </PageFrame>
  );
}

/** More would fill the page; the file has all. */
const MOST_LEVELS = 6;
