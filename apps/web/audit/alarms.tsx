/** Alarms: what an administrator must know; the latest first. */
import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { watch } from '../api/request.ts';
import { FindAndList } from '../kit/find-and-list.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { timeText } from '../locale/time.ts';

interface Alarm {
  readonly atMs: number;
  readonly severity: 'critical' | 'error' | 'warning' | 'notice' | 'informational';
  readonly name: string;
  readonly device?: string;
  readonly reason: string;
  readonly text: string;
}

const COLOURS: Readonly<Record<Alarm['severity'], string>> = {
  critical: 'red',
  error: 'red',
  warning: 'orange',
  notice: 'gray',
  informational: 'gray',
};

const ANEW_MS = 5_000;

export function AlarmList() {
  const { t } = useTranslation('audit');
  const { data, error } = useQuery({
    queryKey: ['/alarms'],
    queryFn: () => watch<readonly Alarm[]>('/alarms'),
    refetchInterval: ANEW_MS,
  });
  return (
    <PageFrame title={t('alarms')}>
      <FindAndList
        rows={data?.map((alarm, at) => ({ ...alarm, at })).toReversed()}
        error={error}
        keyOf={({ at }) => String(at)}
        columns={[
          { id: 'time', label: t('time'), text: ({ atMs }) => timeText(atMs) },
          {
            id: 'severity',
            label: t('severity'),
            text: ({ severity }) => t(`severities.${severity}`),
            cell: ({ severity }) => (
              <Badge color={COLOURS[severity]} variant="outline">
                {t(`severities.${severity}`)}
              </Badge>
            ),
          },
          { id: 'name', label: t('alarm'), text: ({ name }) => name },
          { id: 'device', label: t('device'), text: ({ device = '' }) => device },
          { id: 'text', label: t('text'), text: ({ text }) => text, isLong: true },
        ]}
      />
    </PageFrame>
  );
}
