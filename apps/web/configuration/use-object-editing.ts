/** Editing one object: its values, the version they were made of, and how the last attempt to store them went. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keyOf, useObject, useObjectChanges } from '../api/objects.ts';
import type { Answer } from '../api/request.ts';
import { useAttempt } from '../kit/notice.tsx';
import { textOf, type Values } from '../kit/object-form.tsx';
import { navigate, useQuestion } from '../router/route.tsx';
import type { KindPlan } from './kind-plans.ts';

interface Edited {
  readonly values: Values;
  /** Absent: it is stored nowhere yet. */
  readonly version?: string | undefined;
  /** Before anything was typed. */
  readonly first: Values;
}

/** `objectKey` is absent for a new one, which may begin as a copy: `?copy=KEY`. */
export function useObjectEditing(plan: KindPlan, objectKey: string | undefined) {
  const { kind, path } = plan;
  const { t } = useTranslation('configuration');
  const copied = useQuestion('copy');
  const arrived = useQuestion('done');
  const source = objectKey ?? copied;
  const { data, error, refetch } = useObject(kind, source);
  const { add, change, remove } = useObjectChanges(kind);
  const [edited, setEdited] = useState<Edited | undefined>(
    source === undefined ? fresh(plan.initial as Values) : undefined,
  );
  const attempt = useAttempt(arrived === 'added' || arrived === 'saved' ? t(arrived) : '');
  const begin = (answer: Answer<unknown>): Edited => {
    const values = answer.data as Values;
    if (objectKey !== undefined) return { ...fresh(values), version: answer.version };
    // A copy is another one: it cannot have the same name.
    const own = 'pattern' in values ? 'pattern' : 'name';
    return fresh({ ...values, [own]: '' });
  };
  // What is being edited stays as it is, whatever comes in meanwhile.
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins once, with the first answer
  useEffect(() => {
    if (data) setEdited((now) => now ?? begin(data));
  }, [data]);
  const show = (key: string, done: string): void =>
    navigate(`${path}/${encodeURIComponent(key)}?done=${done}`);
  return {
    error,
    edited,
    attempt,
    isChanged: edited !== undefined && textOf(edited.values) !== textOf(edited.first),
    setValues: (values: Values) => setEdited((now) => now && { ...now, values }),
    /** Goes on with these values, on top of this version. */
    take: (values: Values, version: string) => {
      setEdited((now) => now && { ...now, values, version });
      attempt.forget();
    },
    /** Back to what is stored. */
    cancel: async () => {
      attempt.forget();
      if (source === undefined) return setEdited(fresh(plan.initial as Values));
      const { data: now } = await refetch();
      if (now) setEdited(begin(now));
    },
    save: () =>
      attempt.run(async () => {
        if (!edited) return '';
        const { values, version = '' } = edited;
        if (objectKey === undefined) {
          const { data: added } = await add(values as never);
          show(keyOf(added), 'added');
          return '';
        }
        const answer = await change(objectKey, values as never, version);
        setEdited(begin(answer));
        if (keyOf(answer.data) !== objectKey) show(keyOf(answer.data), 'saved');
        return t('saved');
      }),
    remove: () =>
      attempt.run(async () => {
        await remove(objectKey ?? '', edited?.version ?? '');
        navigate(path);
        return '';
      }),
  };
}

function fresh(values: Values): Edited {
  return { values, first: values };
}
