/** Reset, Restart and Apply Config. Whoever resets a bridge is told how many conferences it ends (ADM-08). */
import { Button, Group } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { refreshConfiguration } from '../api/objects.ts';
import { ask, get } from '../api/request.ts';
import { useMay } from '../api/session.tsx';
import { Notice, useAttempt } from '../kit/notice.tsx';

const ACTIONS = ['reset', 'restart', 'apply'] as const;

type Action = (typeof ACTIONS)[number];

export function DeviceActions({ name }: { readonly name: string }) {
  const { t } = useTranslation('configuration');
  const client = useQueryClient();
  const mayWrite = useMay('configuration:write');
  const attempt = useAttempt();
  if (!mayWrite) return undefined;
  const act = (action: Action): void =>
    attempt.run(async () => {
      if (action !== 'apply' && !(await isWanted(action))) return '';
      await ask('POST', `/devices/${encodeURIComponent(name)}/${action}`);
      await refreshConfiguration(client);
      return t(`actions.done.${action}`, { name });
    });
  const isWanted = async (action: Action): Promise<boolean> => {
    const all = await get<readonly { readonly bridge: string }[]>('/conferences');
    const count = all.filter(({ bridge }) => bridge === name).length;
    const question = t(`actions.confirm.${action}`, { name });
    const warning = count > 0 ? ` ${t('actions.conferences', { count })}` : '';
    return window.confirm(`${question}${warning}`);
  };
  return (
    <>
      <Notice {...attempt} />
      <Group gap="xs">
        {ACTIONS.map((action) => (
          <Button key={action} variant="default" onClick={() => act(action)}>
            {t(`actions.${action}`)}
          </Button>
        ))}
      </Group>
    </>
  );
}
