/** One conference: who is in it, why it shows what it shows, what would help, and what can be done. */
import type { LiveConference, LiveLimit, LiveParty, LiveRemedies } from '@conclave/api';
import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, get } from '../api/request.ts';
import { useMay } from '../api/session.tsx';
import { DataTable } from '../kit/data-table.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Loading } from '../kit/loading.tsx';
import { type Attempt, Notice, useAttempt } from '../kit/notice.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { timeText } from '../locale/time.ts';
import { Link } from '../router/route.tsx';
import { durationText } from './duration.ts';
import { Level } from './level.tsx';
import { LevelStrip } from './level-strip.tsx';
import classes from './live.module.css';
import { useLive, useNow } from './use-live.ts';
import { NotLive, nameOf } from './wall.tsx';

export function ConferencePage({ id }: { readonly id: number }) {
  const { t } = useTranslation('live');
  const live = useLive();
  const conference = live.conferences?.get(id);
  const title = conference ? nameOf(conference, t) : t('conference', { id });
  return (
    <PageFrame title={title} actions={<Link to="/security/conferences">{t('back')}</Link>}>
      <NotLive live={live} />
      {!live.conferences && <Loading />}
      {live.conferences && !conference && <Alert color="gray">{t('over')}</Alert>}
      {conference && <Shown conference={conference} />}
    </PageFrame>
  );
}

function Shown({ conference }: { readonly conference: LiveConference }) {
  const { t } = useTranslation('live');
  const nowMs = useNow(1_000);
  const attempt = useAttempt();
  const { bridge, level, startedMs, minimum, locked, why } = conference;
  return (
    <Stack>
      <Notice fault={attempt.fault} done={attempt.done} />
      <Card withBorder>
        <Stack gap="xs">
          <Group>
            <Level level={level} size="lg" />
            <Text role="status">{why.sentence}</Text>
          </Group>
          <LevelStrip conference={conference} nowMs={nowMs} />
          <Text size="sm" c="dimmed">
            {t('facts', {
              bridge,
              minimum: t(`levels.${minimum}`),
              duration: durationText(nowMs - startedMs),
            })}
            {locked && ` · ${t('lockedBy', { by: locked.by })}`}
          </Text>
          <Lock conference={conference} attempt={attempt} />
        </Stack>
      </Card>
      <Members conference={conference} attempt={attempt} />
      <Why conference={conference} />
      <Remedies conference={conference} />
      <Link to="/security/what-if">{t('trial.link')}</Link>
      <Timeline conference={conference} />
    </Stack>
  );
}

interface ControlProps {
  readonly conference: LiveConference;
  readonly attempt: Attempt;
}

function Lock({ conference: { id, locked }, attempt }: ControlProps) {
  const { t } = useTranslation('live');
  if (!useMay('conferences:control')) return undefined;
  const lock = (): void =>
    attempt.run(async () => {
      await ask('POST', `/conferences/${id}/lock`, { body: { locked: !locked } });
      return t(locked ? 'unlocked' : 'lockedNow');
    });
  return (
    <Group>
      <Button variant="default" size="xs" loading={attempt.busy} onClick={lock}>
        {t(locked ? 'unlock' : 'lock')}
      </Button>
    </Group>
  );
}

function Members({ conference, attempt }: ControlProps) {
  const { t } = useTranslation('live');
  const may = useMay('conferences:control');
  const columns = [
    { id: 'number', label: t('number'), text: ({ number }: LiveParty) => number },
    { id: 'name', label: t('name'), text: partyName },
    {
      id: 'level',
      label: t('level'),
      text: ({ level }: LiveParty) => t(`levels.${level}`),
      cell: ({ level }: LiveParty) => <Level level={level} />,
    },
    { id: 'because', label: t('because'), text: ({ because }: LiveParty) => because },
    { id: 'media', label: t('media'), text: ({ media }: LiveParty) => media.toUpperCase() },
    {
      id: 'state',
      label: t('state'),
      text: stateText,
      cell: (party: LiveParty) => (
        <Group gap={4}>
          {stateWords(party).map((word) => (
            <Badge key={word} variant="light" color="gray" miw="max-content">
              {word}
            </Badge>
          ))}
        </Group>
      ),
    },
  ];
  function partyName({ name, device, link }: LiveParty): string {
    return link === undefined ? name || device : t('linked', { id: link });
  }
  function stateWords({ state, held, muted, isController }: LiveParty): readonly string[] {
    return [
      ...(state === 'present' ? [] : [t(`states.${state}`)]),
      ...(held ? [t('held')] : []),
      ...(muted ? [t('muted')] : []),
      ...(isController ? [t('controller')] : []),
    ];
  }
  function stateText(party: LiveParty): string {
    return stateWords(party).join(', ');
  }
  const control = {
    id: 'do',
    label: t('actions'),
    text: () => '',
    isControl: true as const,
    cell: (party: LiveParty) => (
      <PartyControls party={party} conference={conference} attempt={attempt} />
    ),
  };
  return (
    <section aria-labelledby="members">
      <Title order={2} size="h4" id="members">
        {t('members')}
      </Title>
      <DataTable
        rows={conference.parties}
        columns={may ? [...columns, control] : columns}
        keyOf={({ leg }) => String(leg)}
      />
      {conference.ringing.length > 0 && (
        <Text size="sm">
          {t('ringing')}: {conference.ringing.map(({ number }) => number).join(', ')}
        </Text>
      )}
    </section>
  );
}

function PartyControls({
  party,
  conference: { id },
  attempt,
}: ControlProps & { readonly party: LiveParty }) {
  const { t } = useTranslation('live');
  const [asking, setAsking] = useState(false);
  const { leg, muted, name, number } = party;
  const who = name || number;
  const mute = (): void =>
    attempt.run(async () => {
      await ask('POST', `/conferences/${id}/mute`, { body: { leg, muted: !muted } });
      return t(muted ? 'unmutedNow' : 'mutedNow', { who });
    });
  const eject = (): void => {
    setAsking(false);
    attempt.run(async () => {
      await ask('POST', `/conferences/${id}/eject`, { body: { leg } });
      return t('ejected', { who });
    });
  };
  return (
    <Group gap={4} wrap="nowrap">
      {party.link === undefined && (
        <Button
          variant="default"
          size="compact-xs"
          onClick={mute}
          aria-label={t(muted ? 'unmuteWho' : 'muteWho', { who })}
        >
          {t(muted ? 'unmute' : 'mute')}
        </Button>
      )}
      <Button
        variant="default"
        size="compact-xs"
        onClick={() => setAsking(true)}
        aria-label={t('ejectWho', { who })}
      >
        {t('eject')}
      </Button>
      {asking && (
        <Dialog title={t('ejectAsk', { who })} close={() => setAsking(false)}>
          <Group>
            <Button color="red" onClick={eject}>
              {t('eject')}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('cancel')}
            </Button>
          </Group>
        </Dialog>
      )}
    </Group>
  );
}

function Why({ conference: { why } }: { readonly conference: LiveConference }) {
  const { t } = useTranslation('live');
  return (
    <section aria-labelledby="why">
      <Title order={2} size="h4" id="why">
        {t('why')}
      </Title>
      <Limits limits={why.limits} />
      {why.fixes.length > 0 && (
        <>
          <Text fw={600}>{t('fixes')}</Text>
          <ul className={classes.tree}>
            {why.fixes.map((fix) => (
              <li key={fix}>{fix}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** The proof: every limit, with those below it. */
function Limits({ limits }: { readonly limits: readonly LiveLimit[] }) {
  return (
    <ul className={classes.tree}>
      {limits.map((limit) => (
        <li key={`${limit.rule} ${limit.fact}`}>
          <Group gap="xs" component="span" display="inline-flex">
            <Level level={limit.level} />
            <Text component="span" size="sm">
              {limit.fact}{' '}
              <Text component="span" c="dimmed">
                {limit.rule}
              </Text>
            </Text>
          </Group>
          {limit.because && limit.because.length > 0 && <Limits limits={limit.because} />}
        </li>
      ))}
    </ul>
  );
}

/** The smallest changes that would encrypt it, tried on a copy by the rules themselves. */
function Remedies({ conference: { id, level, sinceMs } }: { readonly conference: LiveConference }) {
  const { t } = useTranslation('live');
  const { data } = useQuery({
    queryKey: [`/conferences/${id}/remedies`, level, sinceMs],
    queryFn: () => get<LiveRemedies>(`/conferences/${id}/remedies`),
    enabled: level !== 'encrypted',
  });
  if (level === 'encrypted' || !data) return undefined;
  const { keeping, atOnce } = data;
  return (
    <section aria-labelledby="what-if">
      <Title order={2} size="h4" id="what-if">
        {t('whatIf')}
      </Title>
      {!keeping && !atOnce && <Text>{t('noRemedy')}</Text>}
      {keeping && <RemedyList title={t('keeping')} changes={keeping.changes} />}
      {atOnce && <RemedyList title={t('atOnce')} changes={atOnce.changes} />}
    </section>
  );
}

function RemedyList({
  title,
  changes,
}: {
  readonly title: string;
  readonly changes: readonly string[];
}) {
  return (
    <>
      <Text fw={600}>{title}</Text>
      <ul className={classes.tree}>
        {changes.map((change) => (
          <li key={change}>{change}</li>
        ))}
      </ul>
    </>
  );
}

function Timeline({ conference: { timeline } }: { readonly conference: LiveConference }) {
  const { t } = useTranslation('live');
  return (
    <section aria-labelledby="timeline">
      <Title order={2} size="h4" id="timeline">
        {t('timeline')}
      </Title>
      <DataTable
        rows={timeline.map((change, at) => ({ ...change, at })).toReversed()}
        keyOf={({ at }) => String(at)}
        columns={[
          { id: 'time', label: t('time'), text: ({ atMs }) => timeText(atMs) },
          {
            id: 'level',
            label: t('level'),
            text: ({ level }) => t(`levels.${level}`),
            cell: ({ level }) => <Level level={level} />,
          },
          { id: 'because', label: t('because'), text: ({ because }) => because },
        ]}
      />
    </section>
  );
}
