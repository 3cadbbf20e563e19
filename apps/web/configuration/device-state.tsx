/** Whether the device of this form is registered now, from where, and whether what is saved is in force (D-25). */
import { Alert, Badge, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDevices, useWaiting } from '../api/devices.ts';
import { Link } from '../router/route.tsx';

export function DeviceState({ name }: { readonly name: string }) {
  const { t } = useTranslation('configuration');
  const devices = useDevices();
  const waitsFor = useWaiting().get(name);
  if (!devices) return undefined;
  const { registered = false, address, signalling } = devices.get(name) ?? {};
  return (
    <>
      <Group gap="xs" role="status">
        <Badge color={registered ? 'teal' : 'gray'} variant="outline">
          {registered ? t('status.registered') : t('status.unregistered')}
        </Badge>
        {registered && <Text size="sm">{[address, signalling].filter(Boolean).join(', ')}</Text>}
      </Group>
      {waitsFor && (
        <Alert color="orange" role="status" title={t('waiting.title')}>
          {t(`waiting.${waitsFor}`)}{' '}
          {waitsFor === 'restart' && (
            <Link to="/serviceability/control-centre" inherit underline="always">
              {t('services:title')}
            </Link>
          )}
        </Alert>
      )}
    </>
  );
}
