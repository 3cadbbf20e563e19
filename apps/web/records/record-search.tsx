/** CDR and CMR search: what is asked for stands above, the latest records below, and each can be opened. */
import type { RecordFields, RecordKind, RecordPage } from '@conclave/api';
import { Anchor, Button, Group, NativeSelect, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../api/request.ts';
import { DataTable } from '../kit/data-table.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import type { Column } from '../kit/find-and-list.tsx';
import { Loading } from '../kit/loading.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { durationText } from '../live/duration.ts';
import { Level } from '../live/level.tsx';
import { timeText } from '../locale/time.ts';

/** As columns number them. */
const LEVELS = ['nonsecure', 'authenticated', 'encrypted'] as const;

const EMPTY = {
  from: '',
  to: '',
  number: '',
  device: '',
  conference: '',
  level: '',
  conferenceLevel: '',
};

type Asked = typeof EMPTY;

export function RecordSearch({ kind }: { readonly kind: RecordKind }) {
  const { t } = useTranslation('records');
  const [asked, setAsked] = useState<Asked>(EMPTY);
  const question = questionOf(asked);
  const { data, error, hasNextPage, isFetching, fetchNextPage } = useInfiniteQuery({
    queryKey: [`/records/${kind}`, question],
    queryFn: ({ pageParam }) =>
      get<RecordPage>(`/records/${kind}?${question}${pageParam ? `&after=${pageParam}` : ''}`),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
  });
  const records = data?.pages.flatMap((page) => page.records) ?? [];
  return (
    <PageFrame title={t(kind)}>
      <Question kind={kind} ask={setAsked} />
      <Group>
        <Text size="sm">{t('export')}</Text>
        {(['cucm', 'csv', 'json'] as const).map((format) => (
          <Anchor key={format} href={`/api/v1/records/${kind}/export?${question}&format=${format}`}>
            {t(`formats.${format}`)}
          </Anchor>
        ))}
      </Group>
      {error && <FaultList fault={error} />}
      {!data && !error && <Loading />}
      {data && (
        <>
          <Text size="sm" role="status">
            {t(hasNextPage ? 'shownMore' : 'shown', { count: records.length })}
          </Text>
          <Found kind={kind} records={records} />
          {hasNextPage && (
            <Group>
              <Button variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>
                {t('more')}
              </Button>
            </Group>
          )}
        </>
      )}
    </PageFrame>
  );
}

interface QuestionProps {
  readonly kind: RecordKind;
  readonly ask: (asked: Asked) => void;
}

function Question({ kind, ask }: QuestionProps) {
  const { t } = useTranslation('records');
  const [asked, setAsked] = useState<Asked>(EMPTY);
  const field = (name: keyof Asked) => ({
    label: t(`fields.${name}`),
    value: asked[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setAsked((before) => ({ ...before, [name]: value })),
  });
  const levels = [
    { value: '', label: t('any') },
    ...LEVELS.map((level, at) => ({ value: String(at), label: t(`live:levels.${level}`) })),
  ];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ask(asked);
  };
  return (
    <form onSubmit={submit}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        <TextInput type="datetime-local" {...field('from')} />
        <TextInput type="datetime-local" {...field('to')} />
        {kind === 'calls' && <TextInput {...field('number')} />}
        <TextInput {...field('device')} />
        {kind === 'calls' && (
          <>
            <TextInput inputMode="numeric" {...field('conference')} />
            <NativeSelect data={levels} {...field('level')} />
            <NativeSelect data={levels} {...field('conferenceLevel')} />
          </>
        )}
        <Group align="flex-end">
          <Button type="submit">{t('search')}</Button>
        </Group>
      </SimpleGrid>
    </form>
  );
}

/** What the API is asked; a time is that of the reader's own clock. */
function questionOf(asked: Asked): string {
  const words = Object.entries(asked).flatMap(([name, value]): string[][] => {
    const trimmed = value.trim();
    if (trimmed === '') return [];
    const isTime = name === 'from' || name === 'to';
    return [[name, isTime ? String(new Date(trimmed).getTime()) : trimmed]];
  });
  return new URLSearchParams(words).toString();
}

interface FoundProps {
  readonly kind: RecordKind;
  readonly records: readonly RecordFields[];
}

function Found({ kind, records }: FoundProps) {
  const { t } = useTranslation('records');
  const [opened, setOpened] = useState<RecordFields>();
  const open: Column<RecordFields> = {
    id: 'open',
    label: t('columns.details'),
    text: () => '',
    isControl: true,
    cell: (record) => (
      <Button
        variant="default"
        size="compact-xs"
        onClick={() => setOpened(record)}
        aria-label={t('openOne', { id: String(record.pkid ?? '') })}
      >
        {t('open')}
      </Button>
    ),
  };
  return (
    <>
      <DataTable
        rows={records}
        columns={[...columnsOf(kind, t), open]}
        keyOf={({ pkid = '', ...rest }) => String(pkid) || JSON.stringify(rest)}
      />
      {opened && <Details record={opened} close={() => setOpened(undefined)} />}
    </>
  );
}

function columnsOf(kind: RecordKind, t: (name: string) => string): readonly Column<RecordFields>[] {
  const plain = (id: string, field: string): Column<RecordFields> => ({
    id,
    label: t(`columns.${id}`),
    text: (record) => String(record[field] ?? ''),
  });
  const time = (id: string, field: string): Column<RecordFields> => ({
    id,
    label: t(`columns.${id}`),
    text: (record) => (record[field] ? timeText(Number(record[field]) * 1000) : ''),
  });
  const level = (id: string, field: string): Column<RecordFields> => ({
    id,
    label: t(`columns.${id}`),
    text: (record) => wordOf(record[field], t),
    cell: (record) => {
      const found = LEVELS[Number(record[field])];
      return record[field] !== '' && found ? <Level level={found} /> : undefined;
    },
  });
  if (kind === 'quality') {
    return [
      time('time', 'dateTimeStamp'),
      plain('device', 'deviceName'),
      plain('number', 'directoryNum'),
      plain('received', 'numberPacketsReceived'),
      plain('lost', 'numberPacketsLost'),
      plain('jitter', 'jitter'),
      plain('latency', 'latency'),
      plain('quality', 'varVQMetrics'),
    ];
  }
  return [
    time('time', 'dateTimeDisconnect'),
    plain('from', 'callingPartyNumber'),
    plain('to', 'finalCalledPartyNumber'),
    {
      id: 'duration',
      label: t('columns.duration'),
      text: ({ duration = 0 }) => durationText(Number(duration) * 1000),
    },
    level('level', 'callSecuredStatus'),
    level('conferenceLevel', 'conferenceSecuredStatus'),
    level('lowest', 'conferenceLowestSecuredStatus'),
    plain('cause', 'destCause_value'),
  ];
}

function wordOf(value: string | number | undefined, t: (name: string) => string): string {
  const found = value === '' || value === undefined ? undefined : LEVELS[Number(value)];
  return found ? t(`live:levels.${found}`) : '';
}

/** Every column that has a value, under CUCM's names. */
function Details({ record, close }: { readonly record: RecordFields; readonly close: () => void }) {
  const { t } = useTranslation('records');
  const rows = Object.entries(record).filter(([, value]) => value !== '' && value !== 0);
  return (
    <Dialog title={t('record')} close={close}>
      <DataTable
        rows={rows}
        keyOf={([name]) => name}
        columns={[
          { id: 'name', label: t('columns.name'), text: ([name]) => name },
          { id: 'value', label: t('columns.value'), text: ([, value]) => String(value) },
        ]}
      />
      <Group>
        <Button onClick={close}>{t('close')}</Button>
      </Group>
    </Dialog>
  );
}
