/**
 * Find and List, as in CUCM: where a column begins with, contains, ... a text. On a phone each row becomes a
 * card. Rows are looked through here, so what is typed is found at once.
 */
import { Alert, Button, Checkbox, Group, NativeSelect, Pagination, TextInput } from '@mantine/core';
import type { TFunction } from 'i18next';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from '../router/route.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { DataTable } from './data-table.tsx';
import { FaultList } from './fault-list.tsx';
import { Loading } from './loading.tsx';

export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** What is found and sorted by. */
  readonly text: (row: Row) => string;
  /** What is shown; the text when absent. */
  readonly cell?: (row: Row) => ReactNode;
  /** Long texts without spaces, which are broken anywhere. */
  readonly isLong?: true;
  /** Buttons and boxes: nothing to find or to sort by. */
  readonly isControl?: true;
}

/** What can be done with the rows that are ticked, one after the other. */
export interface BulkAction<Row> {
  readonly label: string;
  /** Asked before; absent: nothing is asked. */
  readonly confirm?: (count: number) => string;
  readonly run: (row: Row) => Promise<unknown>;
  readonly done: (count: number) => string;
}

export interface FindAndListProps<Row> {
  readonly rows: readonly Row[] | undefined;
  readonly error: unknown;
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** Where the first column of a row leads. */
  readonly linkOf?: (row: Row) => string;
  readonly bulk?: readonly BulkAction<Row>[];
}

const OPERATORS = ['contains', 'begins', 'is', 'ends', 'isEmpty', 'isNotEmpty'] as const;

type Operator = (typeof OPERATORS)[number];

const PAGE_ROWS = 50;

interface Filter {
  readonly by: string;
  readonly operator: Operator;
  readonly text: string;
}

export function FindAndList<Row>(props: FindAndListProps<Row>) {
  const { rows, error, columns, keyOf, linkOf, bulk = [] } = props;
  const { t } = useTranslation('kit');
  const [filter, setFilter] = useState<Filter>({ by: '', operator: 'contains', text: '' });
  const [page, setPage] = useState(1);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  if (!rows) return error ? <FaultList fault={error} /> : <Loading />;
  const findable = columns.filter(({ isControl }) => !isControl);
  const column = findable.find(({ id }) => id === filter.by) ?? findable[0];
  const found = rows.filter((row) => !column || fits(column.text(row), filter));
  const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
  const current = Math.min(page, pages);
  const shown = found.slice((current - 1) * PAGE_ROWS, current * PAGE_ROWS);
  const linked = linkOf ? withLinks(columns, linkOf) : columns;
  const ticks = bulk.length > 0 ? [tickColumn({ t, keyOf, ticked, setTicked })] : [];
  return (
    <>
      {Boolean(error) && <FaultList fault={error} />}
      <FindBar columns={findable} filter={filter} change={setFilter} />
      <Alert color="gray" role="status" p="xs">
        {t('find.found', { count: found.length })}
      </Alert>
      {bulk.length > 0 && (
        <BulkBar
          actions={bulk}
          rows={rows.filter((row) => ticked.has(keyOf(row)))}
          done={() => setTicked(new Set())}
        />
      )}
      <DataTable rows={shown} columns={[...ticks, ...linked]} keyOf={keyOf} />
      {pages > 1 && (
        <Pagination
          value={current}
          onChange={setPage}
          total={pages}
          getControlProps={(control) => ({ 'aria-label': t(`pages.${control}`) })}
          getItemProps={(at) => ({ 'aria-label': t('pages.at', { at }) })}
        />
      )}
    </>
  );
}

interface FindBarProps {
  readonly columns: readonly { readonly id: string; readonly label: string }[];
  readonly filter: Filter;
  readonly change: (filter: Filter) => void;
}

function FindBar({ columns, filter, change }: FindBarProps) {
  const { t } = useTranslation('kit');
  return (
    <Group align="flex-end" gap="xs" role="search">
      <NativeSelect
        label={t('find.where')}
        value={filter.by}
        onChange={({ currentTarget }) => change({ ...filter, by: currentTarget.value })}
        data={columns.map(({ id, label }) => ({ value: id, label }))}
      />
      <NativeSelect
        label={t('find.how')}
        value={filter.operator}
        onChange={({ currentTarget }) =>
          change({ ...filter, operator: currentTarget.value as Operator })
        }
        data={OPERATORS.map((value) => ({ value, label: t(`find.${value}`) }))}
      />
      <TextInput
        label={t('find.text')}
        value={filter.text}
        onChange={({ currentTarget }) => change({ ...filter, text: currentTarget.value })}
      />
      <Button variant="default" onClick={() => change({ ...filter, text: '' })}>
        {t('find.clear')}
      </Button>
    </Group>
  );
}

/** The first column leads to the row's own page. */
function withLinks<Row>(
  [first, ...rest]: readonly Column<Row>[],
  linkOf: (row: Row) => string,
): readonly Column<Row>[] {
  if (!first) return [];
  const cell = (row: Row) => (
    <Link to={linkOf(row)} inherit>
      {first.text(row)}
    </Link>
  );
  return [{ ...first, cell }, ...rest];
}

interface Ticks<Row> {
  readonly t: TFunction<'kit'>;
  readonly keyOf: (row: Row) => string;
  readonly ticked: ReadonlySet<string>;
  readonly setTicked: (ticked: ReadonlySet<string>) => void;
}

function tickColumn<Row>({ t, keyOf, ticked, setTicked }: Ticks<Row>): Column<Row> {
  return {
    id: 'tick',
    label: t('bulk.select'),
    isControl: true,
    text: () => '',
    cell: (row) => (
      <Checkbox
        aria-label={t('bulk.selectOne', { name: keyOf(row) })}
        checked={ticked.has(keyOf(row))}
        onChange={() => setTicked(ticked.symmetricDifference(new Set([keyOf(row)])))}
      />
    ),
  };
}

function fits(value: string, { operator, text }: Filter): boolean {
  const [here, wanted] = [value.toLowerCase(), text.toLowerCase()];
  switch (operator) {
    case 'contains':
      return here.includes(wanted);
    case 'begins':
      return here.startsWith(wanted);
    case 'is':
      return wanted === '' || here === wanted;
    case 'ends':
      return here.endsWith(wanted);
    case 'isEmpty':
      return here === '';
    case 'isNotEmpty':
      return here !== '';
  }
}
