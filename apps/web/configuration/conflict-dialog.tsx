/** Somebody else has changed the object meanwhile: what differs, and whose values to go on with. */
import { Alert, Button, Group, Table } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Kind, ObjectOf } from '../api/objects.ts';
import { type Answer, ask } from '../api/request.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Loading } from '../kit/loading.tsx';
import { type FieldWords, textOf, type Values } from '../kit/object-form.tsx';

export interface ConflictDialogProps {
  readonly kind: Kind;
  readonly objectKey: string;
  readonly mine: Values;
  readonly words: FieldWords;
  readonly close: () => void;
  /** Goes on with these values, on top of this version. */
  readonly take: (values: Values, version: string) => void;
}

export function ConflictDialog(props: ConflictDialogProps) {
  const { kind, objectKey, mine, words, close, take } = props;
  const { t } = useTranslation('configuration');
  const [theirs, setTheirs] = useState<Answer<ObjectOf<Kind>>>();
  const [isGone, setGone] = useState(false);
  useEffect(() => {
    ask<ObjectOf<Kind>>('GET', `/${kind}/${encodeURIComponent(objectKey)}`)
      .then(setTheirs)
      .catch(() => setGone(true));
  }, [kind, objectKey]);
  const there = theirs?.data as unknown as Values | undefined;
  const changed = there ? differences(mine, there) : [];
  return (
    <Dialog title={t('conflict.title')} close={close}>
      {isGone && <Alert color="red">{t('conflict.gone')}</Alert>}
      {!there && !isGone && <Loading />}
      {there && (
        <>
          <p>{t('conflict.text', { name: objectKey })}</p>
          <Table withTableBorder>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('conflict.field')}</Table.Th>
                <Table.Th>{t('conflict.mine')}</Table.Th>
                <Table.Th>{t('conflict.theirs')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {changed.map((name) => (
                <Table.Tr key={name}>
                  <Table.Td>{words.label(name)}</Table.Td>
                  <Table.Td>{shown(words, name, mine[name])}</Table.Td>
                  <Table.Td>{shown(words, name, there[name])}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          <Group gap="xs">
            <Button onClick={() => take(there, theirs?.version ?? '')}>
              {t('conflict.takeTheirs')}
            </Button>
            <Button variant="default" onClick={() => take(mine, theirs?.version ?? '')}>
              {t('conflict.keepMine')}
            </Button>
          </Group>
        </>
      )}
    </Dialog>
  );
}

/** The fields that are not the same in both. */
function differences(one: Values, other: Values): readonly string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => textOf(one[name]) !== textOf(other[name]));
}

function shown(words: FieldWords, name: string, value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? words.value(name, value) : JSON.stringify(value);
}
