/** What is shown first: what is registered, what goes on, and what to think about. */
import type { ConfiguredObjects } from '@conclave/api';
import { Card, SimpleGrid, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useDevices } from '../api/devices.ts';
import { useObjects } from '../api/objects.ts';
import { watch } from '../api/request.ts';
import { useMay } from '../api/session.tsx';
import type { Page } from '../kit/page.ts';
import { PageFrame } from '../kit/page-frame.tsx';
import { Warnings } from '../kit/warnings.tsx';
import { Link } from '../router/route.tsx';

const ANEW_MS = 5_000;

export const HOME_PAGES: readonly Page[] = [
  { path: '/', title: 'shell:home.title', show: () => <Home /> },
];

function Home() {
  const { t } = useTranslation('shell');
  const mayRead = useMay('configuration:read');
  const mayWatch = useMay('live:read');
  return (
    <PageFrame title={t('home.title')}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        {mayRead && <Registered kind="phones" path="/device/phone" />}
        {mayRead && <Registered kind="bridges" path="/media-resources/conference-bridge" />}
        {mayWatch && <Conferences />}
        {mayWatch && <Alarms />}
      </SimpleGrid>
      {mayRead && <Warnings about="" />}
    </PageFrame>
  );
}

interface RegisteredProps {
  readonly kind: keyof ConfiguredObjects & ('phones' | 'bridges');
  readonly path: string;
}

function Registered({ kind, path }: RegisteredProps) {
  const { t } = useTranslation('shell');
  const { data } = useObjects(kind);
  const devices = useDevices();
  if (!data) return undefined;
  const here = data.filter(({ name }) => devices?.get(name)?.registered).length;
  return (
    <Figure title={<Link to={path}>{t(`configuration:${kind}.title`)}</Link>}>
      {t('home.registered', { here, all: data.length })}
    </Figure>
  );
}

function Conferences() {
  const { t } = useTranslation('shell');
  const { data } = useQuery({
    queryKey: ['/conferences'],
    queryFn: () => watch<readonly { readonly level: string }[]>('/conferences'),
    refetchInterval: ANEW_MS,
  });
  if (!data) return undefined;
  const encrypted = data.filter(({ level }) => level === 'encrypted').length;
  return (
    <Figure title={<Link to="/security/conferences">{t('home.conferences')}</Link>}>
      {t('home.encrypted', { encrypted, all: data.length })}
    </Figure>
  );
}

function Alarms() {
  const { t } = useTranslation('shell');
  const { data } = useQuery({
    queryKey: ['/alarms'],
    queryFn: () => watch<readonly { readonly severity: string }[]>('/alarms'),
    refetchInterval: ANEW_MS,
  });
  if (!data) return undefined;
  const grave = data.filter(({ severity }) => ['critical', 'error'].includes(severity)).length;
  return (
    <Figure title={<Link to="/serviceability/alarms">{t('audit:alarms')}</Link>}>
      {t('home.grave', { grave, all: data.length })}
    </Figure>
  );
}

function Figure({ title, children }: { readonly title: ReactNode; readonly children: string }) {
  return (
    <Card withBorder>
      <Text component="h2" size="sm" fw={600}>
        {title}
      </Text>
      <Text size="lg">{children}</Text>
    </Card>
  );
}
