/** One's own API tokens: made, shown once, and taken back. */
import { Alert, Button, Code, Group, Stack, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, get } from '../api/request.ts';
import { FindAndList } from '../kit/find-and-list.tsx';
import { Notice, useAttempt } from '../kit/notice.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { timeText } from '../locale/time.ts';

const PATH = '/tokens';

interface TokenView {
  readonly id: string;
  readonly label: string;
  readonly createdMs: number;
}

export function TokenList() {
  const { t } = useTranslation('users');
  const client = useQueryClient();
  const { data, error } = useQuery({ queryKey: [PATH], queryFn: () => get<TokenView[]>(PATH) });
  const attempt = useAttempt();
  const changed = () => client.invalidateQueries({ queryKey: [PATH] });
  const remove = (token: TokenView): void =>
    attempt.run(async () => {
      await ask('DELETE', `${PATH}/${token.id}`);
      await changed();
      return t('tokens.removed', { label: token.label });
    });
  return (
    <PageFrame title={t('tokens.title')}>
      <Notice {...attempt} />
      <MakeToken changed={changed} />
      <FindAndList
        rows={data}
        error={error}
        keyOf={({ id }) => id}
        columns={[
          { id: 'label', label: t('tokens.label'), text: (each) => each.label },
          { id: 'made', label: t('tokens.since'), text: (each) => timeText(each.createdMs) },
          {
            id: 'remove',
            label: t('tokens.takeBack'),
            text: () => '',
            isControl: true,
            cell: (each) => (
              <Button
                size="xs"
                variant="default"
                aria-label={t('tokens.takeBackOne', { label: each.label })}
                onClick={() => remove(each)}
              >
                {t('tokens.takeBack')}
              </Button>
            ),
          },
        ]}
      />
    </PageFrame>
  );
}

function MakeToken({ changed }: { readonly changed: () => Promise<void> }) {
  const { t } = useTranslation('users');
  const attempt = useAttempt();
  const [label, setLabel] = useState('');
  const [secret, setSecret] = useState('');
  const make = (event: FormEvent): void => {
    event.preventDefault();
    attempt.run(async () => {
      const { data: made } = await ask<{ token: string }>('POST', PATH, { body: { label } });
      setSecret(made.token);
      setLabel('');
      await changed();
      return '';
    });
  };
  return (
    <form onSubmit={make}>
      <Stack gap="sm">
        <Notice {...attempt} />
        {secret !== '' && (
          <Alert color="teal" role="status" title={t('tokens.made')}>
            <Code block>{secret}</Code>
          </Alert>
        )}
        <Group align="flex-end" gap="xs">
          <TextInput
            label={t('tokens.label')}
            value={label}
            onChange={({ currentTarget }) => setLabel(currentTarget.value)}
            maxLength={50}
            required
          />
          <Button type="submit" loading={attempt.busy}>
            {t('tokens.make')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
