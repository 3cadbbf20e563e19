/** Find and List of one kind of object. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { useDevices } from '../api/devices.ts';
import { keyOf, useObjectChanges, useObjects } from '../api/objects.ts';
import { ask } from '../api/request.ts';
import { useMay } from '../api/session.tsx';
import { AddNew } from '../kit/add-new.tsx';
import { type BulkAction, type Column, FindAndList } from '../kit/find-and-list.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { RelatedLinks } from '../kit/related-links.tsx';
import type { KindPlan } from './kind-plans.ts';
import { useKindWords } from './kind-words.ts';

export function KindList({ plan }: { readonly plan: KindPlan }) {
  const { kind, path, columns, isDevice = false, related = [] } = plan;
  const { t } = useTranslation('configuration');
  const words = useKindWords(kind);
  const mayWrite = useMay('configuration:write');
  const { data, error } = useObjects(kind);
  const { removeNow } = useObjectChanges(kind);
  const devices = useDevices(isDevice);
  const shown: readonly Column<object>[] = columns.map((id) => ({
    id,
    label: words.label(id),
    text: (row) => {
      const value = (row as Readonly<Record<string, unknown>>)[id];
      if (typeof value === 'boolean') return value ? t('yes') : t('no');
      return textOf(words, id, value);
    },
  }));
  const live: readonly Column<object>[] = [
    {
      id: 'status',
      label: t('status.label'),
      text: (row) => {
        const device = devices?.get(keyOf(row));
        return device?.registered ? t('status.registered') : t('status.unregistered');
      },
    },
    {
      id: 'address',
      label: t('status.address'),
      text: (row) => devices?.get(keyOf(row))?.address ?? '',
    },
  ];
  return (
    <PageFrame
      title={t(`${kind}.find`)}
      actions={
        <>
          <RelatedLinks paths={related} />
          {mayWrite && <AddNew to={`${path}/new`} />}
        </>
      }
    >
      <FindAndList
        rows={data as readonly object[] | undefined}
        error={error}
        columns={isDevice ? [...shown, ...live] : shown}
        keyOf={keyOf}
        {...(mayWrite && {
          bulk: [
            {
              label: t('deleteSelected'),
              confirm: (count: number) => t('confirmDeletes', { count }),
              run: (row: object) => removeNow(keyOf(row)),
              done: (count: number) => t('deleted', { count }),
            },
            ...(isDevice ? [resetSelected(t)] : []),
          ],
        })}
        linkOf={(row) => `${path}/${encodeURIComponent(keyOf(row))}`}
      />
    </PageFrame>
  );
}

function resetSelected(t: TFunction<'configuration'>): BulkAction<object> {
  return {
    label: t('resetSelected'),
    confirm: (count) => t('confirmResets', { count }),
    run: (row) => ask('POST', `/devices/${encodeURIComponent(keyOf(row))}/reset`),
    done: (count) => t('wereReset', { count }),
  };
}

function textOf(words: ReturnType<typeof useKindWords>, path: string, value: unknown): string {
  if (Array.isArray(value)) return value.join(', ');
  if (value === undefined) return '';
  return words.value(path, String(value));
}
