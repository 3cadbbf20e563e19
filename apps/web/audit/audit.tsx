/** The audit log: who changed what, from where, and what was refused; the latest first. */
import type { AuditEntry } from '@conclave/api';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/request.ts';
import { FindAndList } from '../kit/find-and-list.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { timeText } from '../locale/time.ts';

export function AuditLog() {
  const { t } = useTranslation('audit');
  const { data, error } = useQuery({
    queryKey: ['/audit'],
    queryFn: () => get<readonly AuditEntry[]>('/audit'),
  });
  return (
    <PageFrame title={t('title')}>
      <FindAndList
        rows={data?.map((entry, at) => ({ ...entry, at }))}
        error={error}
        keyOf={({ at }) => String(at)}
        columns={[
          { id: 'time', label: t('time'), text: ({ atMs }) => timeText(atMs) },
          { id: 'user', label: t('user'), text: ({ user }) => user || t('nobody') },
          { id: 'from', label: t('from'), text: ({ from }) => from },
          {
            id: 'action',
            label: t('action'),
            text: ({ action }) => action.replace('/api/v1', ''),
            isLong: true,
          },
          { id: 'outcome', label: t('outcome'), text: ({ outcome }) => t(outcome) },
          { id: 'detail', label: t('detail'), text: ({ detail }) => detail, isLong: true },
        ]}
      />
    </PageFrame>
  );
}
