/** Whether the device of this form is registered now, and from where. */
import { Badge, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDevices } from '../api/devices.ts';

export function DeviceState({ name }: { readonly name: string }) {
  const { t } = useTranslation('configuration');
  const devices = useDevices();
  if (!devices) return undefined;
  const { registered = false, address, signalling } = devices.get(name) ?? {};
  return (
    <Group gap="xs" role="status">
      <Badge color={registered ? 'teal' : 'gray'} variant="outline">
        {registered ? t('status.registered') : t('status.unregistered')}
      </Badge>
      {registered && <Text size="sm">{[address, signalling].filter(Boolean).join(', ')}</Text>}
    </Group>
  );
}
