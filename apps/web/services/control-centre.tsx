/** Control Centre: which services run, since when; start, stop and restart. */
import type { Service, ServiceAction } from '@conclave/api';
import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask, watch } from '../api/request.ts';
import { useMay } from '../api/session.tsx';
import { DataTable } from '../kit/data-table.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { Loading } from '../kit/loading.tsx';
import { Notice, useAttempt } from '../kit/notice.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { timeText } from '../locale/time.ts';

const PATH = '/services';
const ANEW_MS = 2_000;

const COLOURS: Readonly<Record<Service['state'], string>> = {
  running: 'teal',
  stopped: 'gray',
  ended: 'red',
};

export function ControlCentre() {
  const { t } = useTranslation('services');
  const client = useQueryClient();
  const mayWrite = useMay('configuration:write');
  const attempt = useAttempt();
  const { data, error } = useQuery({
    queryKey: [PATH],
    queryFn: () => watch<readonly Service[]>(PATH),
    refetchInterval: ANEW_MS,
  });
  const act = ({ name, kind }: Service, action: ServiceAction): void => {
    const question = kind === 'call-manager' ? 'callManager' : action;
    if (action !== 'start' && !window.confirm(t(`confirm.${question}`, { name }))) return;
    attempt.run(async () => {
      await ask('POST', `${PATH}/${encodeURIComponent(name)}/${action}`);
      await client.invalidateQueries({ queryKey: [PATH] });
      return t(`asked.${action}`, { name });
    });
  };
  return (
    <PageFrame title={t('title')}>
      <Stack>
        <Text>{t('about')}</Text>
        <Notice {...attempt} />
        {/* A call manager that restarts is away for seconds: what was there last stays. */}
        {error && <FaultList fault={error} />}
        {!data && !error && <Loading />}
        {data?.length === 0 && <Text>{t('none')}</Text>}
        {data && data.length > 0 && (
          <DataTable
            rows={data}
            keyOf={({ name }) => name}
            columns={[
              { id: 'name', label: t('service'), text: ({ name }) => name },
              { id: 'kind', label: t('kind'), text: ({ kind }) => t(`kinds.${kind}`) },
              {
                id: 'state',
                label: t('state'),
                text: ({ state }) => t(`states.${state}`),
                cell: ({ state }) => (
                  <Badge color={COLOURS[state]} variant="outline">
                    {t(`states.${state}`)}
                  </Badge>
                ),
              },
              { id: 'since', label: t('since'), text: ({ sinceMs }) => timeText(sinceMs) },
              ...(mayWrite
                ? [
                    {
                      id: 'actions',
                      label: t('actions'),
                      text: () => '',
                      isControl: true as const,
                      cell: (row: Service) => <Actions service={row} act={act} />,
                    },
                  ]
                : []),
            ]}
          />
        )}
      </Stack>
    </PageFrame>
  );
}

interface ActionsProps {
  readonly service: Service;
  readonly act: (service: Service, action: ServiceAction) => void;
}

function Actions({ service, act }: ActionsProps) {
  const { t } = useTranslation('services');
  return (
    <Group gap="xs">
      {offered(service).map((action) => (
        <Button
          key={action}
          size="xs"
          variant="default"
          aria-label={t(`names.${action}`, { name: service.name })}
          onClick={() => act(service, action)}
        >
          {t(action)}
        </Button>
      ))}
    </Group>
  );
}

/** Nobody could start a stopped call manager from a page that it serves. */
function offered({ kind, state }: Service): readonly ServiceAction[] {
  if (state !== 'running') return ['start'];
  return kind === 'call-manager' ? ['restart'] : ['stop', 'restart'];
}
