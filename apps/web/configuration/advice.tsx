/**
 * What to think about with a stored object. A meet-me number that demands a level needs a secure bridge, and one
 * that is registered: whether one is, only what goes on tells (MML-05).
 */
import { Alert } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useDevices } from '../api/devices.ts';
import { type Kind, useObjects } from '../api/objects.ts';
import type { Values } from '../kit/object-form.tsx';
import { Warnings } from '../kit/warnings.tsx';
import { Link } from '../router/route.tsx';

export interface AdviceProps {
  readonly kind: Kind;
  readonly objectKey: string;
  readonly stored: Values | undefined;
}

export function Advice({ kind, objectKey, stored }: AdviceProps) {
  const { minimumSecurityLevel = 'nonsecure' } = stored ?? {};
  if (kind === 'meetMeNumbers') {
    return minimumSecurityLevel === 'nonsecure' ? undefined : <SecureBridge />;
  }
  return <Warnings about={`${kind}[${objectKey}]`} />;
}

function SecureBridge() {
  const { t } = useTranslation('configuration');
  const { data: bridges } = useObjects('bridges');
  const devices = useDevices();
  if (!bridges || !devices) return undefined;
  const secure = bridges.filter(({ securityMode }) => securityMode === 'encrypted');
  if (secure.some(({ name }) => devices.get(name)?.registered)) return undefined;
  return (
    <Alert color="orange" role="status" title={t('noSecureBridge.title')}>
      {t('noSecureBridge.text')}{' '}
      <Link to="/media-resources/conference-bridge" inherit underline="always">
        {t('bridges.find')}
      </Link>
    </Alert>
  );
}
