/** What if: steps are tried on a copy of what goes on, by the rules themselves; nothing changes. */
import type { TriedConference, TriedStep } from '@conclave/api';
import { Alert, Button, Card, Code, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../api/request.ts';
import { FaultList } from '../kit/fault-list.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { Link } from '../router/route.tsx';
import { Level } from './level.tsx';
import classes from './live.module.css';

/** Of the language of scenarios, which is English everywhere. */
const EXAMPLES = [
  '1001: conference 1002, 1003',
  '1004: meet-me 5001',
  '1001: remove 1004',
  '1002: hang up',
  'CFB-SECURE: fails',
];

interface Outcome {
  readonly steps?: readonly TriedStep[];
  readonly fault?: unknown;
  readonly isBusy?: true;
}

export function WhatIfPage() {
  const { t } = useTranslation('live');
  const [text, setText] = useState('');
  const [{ steps, fault, isBusy = false }, setOutcome] = useState<Outcome>({});
  const wanted = text.split('\n').filter((line) => line.trim() !== '');
  const tryThem = (): void => {
    setOutcome({ isBusy: true });
    ask<readonly TriedStep[]>('POST', '/what-if', { body: { steps: wanted } }).then(
      ({ data }) => setOutcome({ steps: data }),
      (refusal: unknown) => setOutcome({ fault: refusal }),
    );
  };
  return (
    <PageFrame title={t('whatIf')} actions={<Link to="/security/conferences">{t('back')}</Link>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          tryThem();
        }}
      >
        <Stack>
          <Text>{t('trial.about')}</Text>
          <Textarea
            label={t('trial.steps')}
            description={t('trial.oneEach')}
            autosize
            minRows={3}
            maxRows={20}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <Group>
            <Button type="submit" loading={isBusy} disabled={wanted.length === 0}>
              {t('trial.try')}
            </Button>
          </Group>
          <Text size="sm" component="div">
            {t('trial.examples')}{' '}
            {EXAMPLES.map((example) => (
              <Code key={example} mr="xs">
                {example}
              </Code>
            ))}
          </Text>
        </Stack>
      </form>
      {fault !== undefined && <FaultList fault={fault} />}
      <Stack component="ol" p={0} role="list" aria-label={t('trial.outcome')} aria-live="polite">
        {steps?.map((step) => (
          <Tried key={keyOf(step, steps)} step={step} />
        ))}
      </Stack>
    </PageFrame>
  );
}

/** Steps that say the same are told apart by their place. */
function keyOf(step: TriedStep, steps: readonly TriedStep[]): string {
  return `${steps.indexOf(step)} ${step.did}`;
}

function Tried({ step: { did, refused, conferences, refusals, ended } }: { step: TriedStep }) {
  const { t } = useTranslation('live');
  return (
    <Card withBorder component="li">
      <Stack gap="xs">
        <Title order={2} size="h5">
          {did}
        </Title>
        {refused !== undefined && <Alert color="orange">{refused}</Alert>}
        {refusals.map((sentence) => (
          <Text key={sentence} size="sm">
            {sentence}
          </Text>
        ))}
        {conferences.map((each) => (
          <Follows key={each.members.map(({ name }) => name).join(' ')} conference={each} />
        ))}
        {conferences.length === 0 && <Text size="sm">{t('trial.none')}</Text>}
        {ended.length > 0 && (
          <Text size="sm">
            {t('trial.ended')}: {ended.map(({ from, to }) => `${from} – ${to}`).join(', ')}
          </Text>
        )}
      </Stack>
    </Card>
  );
}

function Follows({ conference }: { readonly conference: TriedConference }) {
  const { t } = useTranslation('live');
  const { kind, number, bridge, level, members, why } = conference;
  return (
    <div>
      <Group gap="xs">
        <Level level={level} />
        <Text size="sm" fw={600}>
          {kind === 'meet-me' ? t('meetMe', { number: number ?? '' }) : t('trial.adHoc')} · {bridge}
        </Text>
      </Group>
      <Text size="sm">{why}</Text>
      <ul className={classes.tree}>
        {members.map((member) => (
          <li key={member.name}>
            {member.name} <Level level={member.level} />
          </li>
        ))}
      </ul>
    </div>
  );
}
