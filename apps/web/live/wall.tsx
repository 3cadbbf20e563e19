/** The wall: every conference that goes on, with its level, its members and why. */
import type { LiveConference } from '@conclave/api';
import { Alert, Badge, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { memo, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../kit/loading.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { Link } from '../router/route.tsx';
import { durationText } from './duration.ts';
import { Level } from './level.tsx';
import { LevelStrip } from './level-strip.tsx';
import classes from './live.module.css';
import { type Live, useLive, useNow } from './use-live.ts';

/** How long a bar of the strip may lag behind. */
const ANEW_MS = 1_000;

export function Wall() {
  const { t } = useTranslation('live');
  const live = useLive();
  const { conferences } = live;
  return (
    <PageFrame title={t('title')}>
      <NotLive live={live} />
      <Changes live={live} />
      {!conferences && <Loading />}
      {conferences?.size === 0 && <Text>{t('none')}</Text>}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {[...(conferences?.values() ?? [])].map((conference) => (
          <ConferenceCard key={conference.id} conference={conference} />
        ))}
      </SimpleGrid>
    </PageFrame>
  );
}

/** What is shown may be old. */
export function NotLive({ live: { conferences, isLive } }: { readonly live: Live }) {
  const { t } = useTranslation('live');
  if (isLive || !conferences) return undefined;
  return (
    <Alert color="orange" role="alert">
      {t('lost')}
    </Alert>
  );
}

/** Says aloud what has changed. */
function Changes({ live: { conferences } }: { readonly live: Live }) {
  const { t } = useTranslation('live');
  const before = useRef<Live['conferences']>(undefined);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const changed = [...(conferences?.values() ?? [])].filter(
      ({ id, level }) => before.current && before.current.get(id)?.level !== level,
    );
    before.current = conferences;
    if (changed.length === 0) return;
    setSaid(changed.map((each) => `${nameOf(each, t)}: ${t(`levels.${each.level}`)}`).join('. '));
  }, [conferences, t]);
  return (
    <div role="status" className={classes.unseen}>
      {said}
    </div>
  );
}

const ConferenceCard = memo(function ConferenceCard({
  conference,
}: {
  readonly conference: LiveConference;
}) {
  const { t } = useTranslation('live');
  const { id, bridge, level, parties, ringing, locked, why } = conference;
  return (
    <Card withBorder component="article" aria-label={nameOf(conference, t)}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Link to={`/security/conferences/${id}`} fw={700}>
            {nameOf(conference, t)}
          </Link>
          <Level level={level} size="lg" />
        </Group>
        <Running conference={conference} />
        <Text size="sm">{why.sentence}</Text>
        <Stack gap={4} component="ul" p={0} m={0} role="list">
          {parties.map((party) => (
            <Group key={party.leg} component="li" gap="xs" justify="space-between" wrap="nowrap">
              <Text size="sm" truncate>
                {party.link === undefined
                  ? `${party.number} ${party.name}`
                  : t('linked', { id: party.link })}
              </Text>
              <Group gap={4} wrap="nowrap">
                {party.held && (
                  <Badge variant="light" color="gray">
                    {t('held')}
                  </Badge>
                )}
                {party.muted && (
                  <Badge variant="light" color="gray">
                    {t('muted')}
                  </Badge>
                )}
                {party.state !== 'present' && (
                  <Badge variant="light" color="gray">
                    {t(`states.${party.state}`)}
                  </Badge>
                )}
                <Level level={party.level} />
              </Group>
            </Group>
          ))}
          {ringing.map(({ device, number }) => (
            <Group key={device} component="li" gap="xs" justify="space-between">
              <Text size="sm">{number}</Text>
              <Badge variant="light" color="gray">
                {t('ringing')}
              </Badge>
            </Group>
          ))}
        </Stack>
        <Text size="xs" c="dimmed">
          {bridge}
          {locked && ` · ${t('lockedBy', { by: locked.by })}`}
        </Text>
      </Stack>
    </Card>
  );
});

/** What goes on while nothing happens. */
function Running({ conference }: { readonly conference: LiveConference }) {
  const { t } = useTranslation('live');
  const nowMs = useNow(ANEW_MS);
  return (
    <>
      <LevelStrip conference={conference} nowMs={nowMs} />
      <Text size="xs" c="dimmed">
        {t('lasts', {
          parties: conference.parties.length,
          duration: durationText(nowMs - conference.startedMs),
          since: durationText(nowMs - conference.sinceMs),
        })}
      </Text>
    </>
  );
}

export function nameOf(
  { id, kind, number }: Pick<LiveConference, 'id' | 'kind' | 'number'>,
  t: (name: string, values: Record<string, string | number>) => string,
): string {
  return kind === 'meet-me' ? t('meetMe', { number: number ?? '' }) : t('adHoc', { id });
}
