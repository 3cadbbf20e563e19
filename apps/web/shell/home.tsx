/** What is shown first: where to go. */
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Page } from '../kit/page.ts';
import { PageFrame } from '../kit/page-frame.tsx';

export const HOME_PAGES: readonly Page[] = [
  { path: '/', title: 'shell:home.title', show: () => <Home /> },
];

function Home() {
  const { t } = useTranslation('shell');
  return (
    <PageFrame title={t('home.title')}>
      <Text>{t('home.welcome')}</Text>
    </PageFrame>
  );
}
