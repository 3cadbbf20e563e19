/** Own certificates and trusted ones: when they end, what waits for a restart, and what can be done. */
import type { CertificateView } from '@conclave/api';
import { Anchor, Badge, Button, Group, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask, get } from '../api/request.ts';
import { useMay } from '../api/session.tsx';
import { DataTable } from '../kit/data-table.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { type Column, FindAndList } from '../kit/find-and-list.tsx';
import { Loading } from '../kit/loading.tsx';
import { type Attempt, Notice, useAttempt } from '../kit/notice.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { timeText } from '../locale/time.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 60;

type Store = 'certificates' | 'trust';

export function CertificateManagement() {
  const { t } = useTranslation('certificates');
  const attempt = useAttempt();
  return (
    <PageFrame title={t('title')}>
      <Notice fault={attempt.fault} done={attempt.done} />
      <Own attempt={attempt} />
      <Trusted attempt={attempt} />
    </PageFrame>
  );
}

interface PartProps {
  readonly attempt: Attempt;
}

function useCertificates(store: Store) {
  return useQuery({
    queryKey: [`/${store}`],
    queryFn: () => get<readonly CertificateView[]>(`/${store}`),
  });
}

function Own({ attempt }: PartProps) {
  const { t } = useTranslation('certificates');
  const { data, error } = useCertificates('certificates');
  const may = useMay('configuration:write');
  const columns = useColumns('certificates');
  const actions: Column<CertificateView> = {
    id: 'actions',
    label: t('actions'),
    text: () => '',
    isControl: true,
    cell: (row) => <OwnActions row={row} attempt={attempt} />,
  };
  return (
    <section aria-labelledby="own">
      <Title order={2} size="h4" id="own">
        {t('own')}
      </Title>
      <FindAndList
        rows={data}
        error={error}
        keyOf={({ id }) => id}
        columns={may ? [...columns, actions] : columns}
      />
    </section>
  );
}

function Trusted({ attempt }: PartProps) {
  const { t } = useTranslation('certificates');
  const client = useQueryClient();
  const { data, error } = useCertificates('trust');
  const may = useMay('configuration:write');
  const columns = useColumns('trust');
  const remove = ({ id }: CertificateView): void =>
    attempt.run(async () => {
      await ask('DELETE', `/trust/${encodeURIComponent(id)}`);
      await client.invalidateQueries({ queryKey: ['/trust'] });
      return t('removed', { id });
    });
  const actions: Column<CertificateView> = {
    id: 'actions',
    label: t('actions'),
    text: () => '',
    isControl: true,
    cell: (row) => (
      <Confirmed
        label={t('delete')}
        name={t('deleteOne', { id: row.id })}
        question={t('deleteAsk', { id: row.id })}
        act={() => remove(row)}
      />
    ),
  };
  return (
    <section aria-labelledby="trust">
      <Title order={2} size="h4" id="trust">
        {t('trust')}
      </Title>
      {error && <FaultList fault={error} />}
      {!data && !error && <Loading />}
      {data && (
        <DataTable
          rows={data}
          keyOf={({ id, fingerprint }) => `${id} ${fingerprint}`}
          columns={may ? [...columns, actions] : columns}
        />
      )}
      {may && <Upload attempt={attempt} />}
    </section>
  );
}

function useColumns(store: Store): readonly Column<CertificateView>[] {
  const { t } = useTranslation('certificates');
  return [
    {
      id: 'id',
      label: t('columns.id'),
      text: ({ id }) => id,
      cell: ({ id }) => (
        <Anchor href={`/api/v1/${store}/${encodeURIComponent(id)}`} title={t('download')}>
          {id}
        </Anchor>
      ),
    },
    { id: 'subject', label: t('columns.subject'), text: ({ commonName = '' }) => commonName },
    { id: 'issuer', label: t('columns.issuer'), text: ({ issuerName = '' }) => issuerName },
    {
      id: 'ends',
      label: t('columns.ends'),
      text: ({ validToMs }) => timeText(validToMs),
      cell: ({ validToMs }) => <Ends ms={validToMs} />,
    },
    {
      id: 'state',
      label: t('columns.state'),
      text: ({ waits }) => (waits ? t(`waits.${waits}`) : t('active')),
    },
  ];
}

function Ends({ ms }: { readonly ms: number }) {
  const { t } = useTranslation('certificates');
  const days = Math.floor((ms - Date.now()) / DAY_MS);
  return (
    <Group gap="xs">
      <Text size="sm">{timeText(ms)}</Text>
      {days < SOON_DAYS && (
        <Badge color={days < 8 ? 'red' : 'orange'} variant="outline" c="var(--mantine-color-text)">
          {days < 0 ? t('ended') : t('endsIn', { count: days })}
        </Badge>
      )}
    </Group>
  );
}

function OwnActions({ row, attempt }: PartProps & { readonly row: CertificateView }) {
  const { t } = useTranslation('certificates');
  const client = useQueryClient();
  const [installing, setInstalling] = useState(false);
  const { id } = row;
  const path = `/certificates/${encodeURIComponent(id)}`;
  const changed = () => client.invalidateQueries({ queryKey: ['/certificates'] });
  const reissue = (): void =>
    attempt.run(async () => {
      await ask('POST', `${path}/reissue`);
      await changed();
      return t('reissued', { id });
    });
  const install = (certificate: string): void => {
    setInstalling(false);
    attempt.run(async () => {
      await ask('PUT', path, { body: { certificate } });
      await changed();
      return t('installed', { id });
    });
  };
  return (
    <Group gap={4}>
      <Confirmed
        label={t('reissue')}
        name={t('reissueOne', { id })}
        question={t('reissueAsk', { id })}
        act={reissue}
      />
      <Anchor href={`/api/v1${path}/request`} aria-label={t('requestOne', { id })}>
        {t('request')}
      </Anchor>
      <Button
        variant="default"
        size="compact-xs"
        aria-label={t('installOne', { id })}
        onClick={() => setInstalling(true)}
      >
        {t('install')}
      </Button>
      {installing && (
        <Dialog title={t('installOne', { id })} close={() => setInstalling(false)}>
          <Text size="sm">{t('installHelp')}</Text>
          <Paste label={t('chain')} submit={install} />
        </Dialog>
      )}
    </Group>
  );
}

function Paste({
  label,
  submit,
}: {
  readonly label: string;
  readonly submit: (pem: string) => void;
}) {
  const { t } = useTranslation('certificates');
  const [text, setText] = useState('');
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        submit(text);
      }}
    >
      <Textarea
        label={label}
        autosize
        minRows={6}
        maxRows={12}
        value={text}
        onChange={({ currentTarget: { value } }) => setText(value)}
      />
      <Group mt="sm">
        <Button type="submit" disabled={text.trim() === ''}>
          {t('save')}
        </Button>
      </Group>
    </form>
  );
}

function Upload({ attempt }: PartProps) {
  const { t } = useTranslation('certificates');
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const save = (certificate: string): void => {
    setOpen(false);
    attempt.run(async () => {
      await ask('POST', '/trust', { body: { name, certificate } });
      await client.invalidateQueries({ queryKey: ['/trust'] });
      return t('uploaded', { name });
    });
  };
  return (
    <Group mt="sm">
      <Button variant="default" onClick={() => setOpen(true)}>
        {t('upload')}
      </Button>
      {open && (
        <Dialog title={t('upload')} close={() => setOpen(false)}>
          <Text size="sm">{t('uploadHelp')}</Text>
          <TextInput
            label={t('name')}
            value={name}
            onChange={({ currentTarget: { value } }) => setName(value)}
          />
          <Paste label={t('certificate')} submit={save} />
        </Dialog>
      )}
    </Group>
  );
}

interface ConfirmedProps {
  readonly label: string;
  /** Who hears the page is told which of many it is. */
  readonly name: string;
  readonly question: string;
  readonly act: () => void;
}

function Confirmed({ label, name, question, act }: ConfirmedProps) {
  const { t } = useTranslation('certificates');
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="default" size="compact-xs" aria-label={name} onClick={() => setAsking(true)}>
        {label}
      </Button>
      {asking && (
        <Dialog title={question} close={() => setAsking(false)}>
          <Group>
            <Button
              onClick={() => {
                setAsking(false);
                act();
              }}
            >
              {label}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('cancel')}
            </Button>
          </Group>
        </Dialog>
      )}
    </>
  );
}
