/** Something is on its way. */
import { Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Loading() {
  const { t } = useTranslation('kit');
  return <Loader role="status" aria-label={t('loading')} />;
}
