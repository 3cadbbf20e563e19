/** The checklist: each step is green by a real check, and its fix is one click away. */
import type { SetupStep } from '@conclave/api';
import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '../api/request.ts';
import { FaultList } from '../kit/fault-list.tsx';
import { Loading } from '../kit/loading.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { Link } from '../router/route.tsx';

const COLOURS: Readonly<Record<SetupStep['state'], string>> = {
  done: 'teal',
  open: 'orange',
  optional: 'gray',
};

/** How soon a step turns green after it was done. */
const ANEW_MS = 2_000;

export function SetupChecklist() {
  const { t } = useTranslation('setup');
  const { data, error } = useQuery({
    queryKey: ['/setup'],
    queryFn: () => get<readonly SetupStep[]>('/setup'),
    refetchInterval: ANEW_MS,
  });
  const open = data?.filter(({ state }) => state === 'open').length ?? 0;
  return (
    <PageFrame title={t('title')}>
      {error && <FaultList fault={error} />}
      {!data && !error && <Loading />}
      {data && <Text role="status">{open === 0 ? t('ready') : t('left', { count: open })}</Text>}
      <Stack component="ol" gap="xs" p={0} m={0} role="list">
        {data?.map((step) => (
          <Step key={step.id} step={step} />
        ))}
      </Stack>
    </PageFrame>
  );
}

function Step({ step: { id, state, found, page } }: { readonly step: SetupStep }) {
  const { t } = useTranslation('setup');
  return (
    <Card withBorder component="li" padding="sm">
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2} size="h5">
            {t(`steps.${id}`)}
          </Title>
          <Text size="sm">{found}</Text>
          <Link to={page} size="sm" aria-label={`${t('go')}: ${t(`steps.${id}`)}`}>
            {t('go')}
          </Link>
        </div>
        <Badge
          color={COLOURS[state]}
          variant="outline"
          c="var(--mantine-color-text)"
          miw="max-content"
        >
          {t(`states.${state}`)}
        </Badge>
      </Group>
    </Card>
  );
}
