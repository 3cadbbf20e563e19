/** What went wrong, in the API's words; announced to who hears the pages. */
import type { Fault } from '@conclave/api';
import { Alert, List } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { RequestFault } from '../api/request.ts';

export interface FaultListProps {
  readonly fault: unknown;
  /** Those that stand at no field; all of them when absent. */
  readonly others?: readonly Fault[];
}

export function FaultList({ fault, others }: FaultListProps) {
  const { t } = useTranslation('shell');
  const faults = fault instanceof RequestFault ? fault.faults : [];
  const listed = others ?? faults;
  const title = faults.length > 0 ? t('fault.title') : messageOf(fault, t('fault.unreachable'));
  return (
    <Alert color="red" role="alert" title={title}>
      {listed.length < faults.length && t('fault.atFields')}
      {listed.length > 0 && (
        <List size="sm">
          {listed.map(({ field, rule }) => (
            <List.Item key={`${field} ${rule}`}>
              {field === '' ? rule : `${field}: ${rule}`}
            </List.Item>
          ))}
        </List>
      )}
    </Alert>
  );
}

function messageOf(fault: unknown, unreachable: string): string {
  if (fault instanceof RequestFault && fault.status === 0) return unreachable;
  return fault instanceof Error ? fault.message : String(fault);
}
