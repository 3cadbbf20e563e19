/** The frame around every page: who has logged in, where things are, and the page itself. */
import { AppShell, Burger, Center, Group, ScrollArea, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { SessionProvider, useSession, useSessionState } from '../api/session.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { Loading } from '../kit/loading.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { PAGES } from '../pages.ts';
import { Link, matchRoute, usePath } from '../router/route.tsx';
import { LogIn } from './log-in.tsx';
import { Navigation } from './navigation.tsx';
import { PageGuard } from './page-guard.tsx';
import { Preferences } from './preferences.tsx';

export function Console() {
  const { session, error, logIn, logOut } = useSessionState();
  if (error) return <FaultList fault={error} />;
  if (session === undefined) {
    return (
      <Center mih="100vh" component="main">
        <Loading />
      </Center>
    );
  }
  if (session === null) return <LogIn logIn={logIn} />;
  return (
    <SessionProvider value={session}>
      <Frame logOut={logOut} />
    </SessionProvider>
  );
}

function Frame({ logOut }: { readonly logOut: () => Promise<void> }) {
  const { t } = useTranslation('shell');
  const [opened, { toggle, close }] = useDisclosure(false);
  const path = usePath();
  // On a phone the navigation is in the way once something was chosen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the path changes
  useEffect(close, [path]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 250, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a className="skip" href="#content">
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('menu.open')}
              aria-expanded={opened}
            />
            <Link to="/" underline="never" fw={700} size="lg">
              Conclave
            </Link>
            <Text size="sm" c="dimmed" visibleFrom="md">
              {t('motto')}
            </Text>
          </Group>
          <Preferences logOut={logOut} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar aria-label={t('menu.label')}>
        <ScrollArea p="xs">
          <Navigation />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content">
        <CurrentPage path={path} />
      </AppShell.Main>
    </AppShell>
  );
}

function CurrentPage({ path }: { readonly path: string }) {
  const { t } = useTranslation('shell');
  const { permissions } = useSession();
  for (const page of PAGES) {
    const params = matchRoute(page.path, path);
    if (!params) continue;
    if (page.permission && !permissions.includes(page.permission)) {
      return <PageFrame title={t('notAllowed.title')}>{t('notAllowed.text')}</PageFrame>;
    }
    return <PageGuard key={path}>{page.show(params)}</PageGuard>;
  }
  return <PageFrame title={t('notFound.title')}>{t('notFound.text')}</PageFrame>;
}
