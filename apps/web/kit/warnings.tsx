/** What may be, but should be thought about, as far as it is about what is shown. */
import type { Fault } from '@conclave/api';
import { Alert, List } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/request.ts';

export interface WarningsProps {
  /** How the field of a warning begins, such as `phones[SEP000000001001]`; empty: all there are. */
  readonly about: string;
}

export function Warnings({ about }: WarningsProps) {
  const { t } = useTranslation('kit');
  const { data } = useQuery({
    queryKey: ['/warnings'],
    queryFn: () => get<readonly Fault[]>('/warnings'),
  });
  const own = (data ?? []).filter(({ field }) => isAbout(field, about));
  if (own.length === 0) return undefined;
  return (
    <Alert color="orange" role="status" title={t('warnings')}>
      <List size="sm">
        {own.map(({ field, rule }) => (
          <List.Item key={`${field} ${rule}`}>{`${field} ${rule}`}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

function isAbout(field: string, object: string): boolean {
  return object === '' || field === object || field.startsWith(`${object}.`);
}
