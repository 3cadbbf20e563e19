/** One object: its form, Save, Delete and Copy. Somebody else's change meanwhile is shown, not overwritten. */
import { Alert, Button, Group } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keyOf, useObject, useObjectChanges } from '../api/objects.ts';
import { RequestFault } from '../api/request.ts';
import { useSchema } from '../api/schema.ts';
import { useMay } from '../api/session.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { faultsByField } from '../kit/field-faults.ts';
import { Loading } from '../kit/loading.tsx';
import { ObjectForm, type Values } from '../kit/object-form.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { RelatedLinks } from '../kit/related-links.tsx';
import { navigate } from '../router/route.tsx';
import { ACTIONS } from './actions.ts';
import { Advice } from './advice.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { DeviceState } from './device-state.tsx';
import { useFieldPlans } from './field-plans.ts';
import type { KindPlan } from './kind-plans.ts';
import { useKindWords } from './kind-words.ts';

export interface KindEditProps {
  readonly plan: KindPlan;
  /** Absent: a new one. */
  readonly objectKey?: string;
}

export function KindEdit({ plan, objectKey }: KindEditProps) {
  const { kind, path, related = [] } = plan;
  const { t } = useTranslation('configuration');
  const words = useKindWords(kind);
  const mayWrite = useMay('configuration:write');
  const schema = useSchema(`/${kind}`);
  const fields = useFieldPlans(plan.fields);
  const { data, error, refetch } = useObject(kind, objectKey);
  const { add, change, remove } = useObjectChanges(kind);
  const [values, setValues] = useState<Values | undefined>(
    objectKey === undefined ? (plan.initial as Values) : undefined,
  );
  const [version, setVersion] = useState<string>();
  const [fault, setFault] = useState<unknown>();
  const [done, setDone] = useState('');

  // What is being edited stays as it is, whatever comes in meanwhile.
  useEffect(() => {
    if (!data || version !== undefined) return;
    setValues(data.data as unknown as Values);
    setVersion(data.version);
  }, [data, version]);

  const cancel = async (): Promise<void> => {
    setFault(undefined);
    setDone('');
    if (objectKey === undefined) return setValues(plan.initial as Values);
    const { data: now } = await refetch();
    setValues(now?.data as Values | undefined);
    setVersion(now?.version);
  };
  const attempt = (work: () => Promise<void>): void => {
    setFault(undefined);
    setDone('');
    work().catch(setFault);
  };
  const save = (): void =>
    attempt(async () => {
      if (!values) return;
      if (objectKey === undefined) {
        const { data: added } = await add(values as never);
        navigate(`${path}/${encodeURIComponent(keyOf(added))}`);
        return;
      }
      const answer = await change(objectKey, values as never, version ?? '');
      setValues(answer.data as unknown as Values);
      setVersion(answer.version);
      setDone(t('saved'));
      const key = keyOf(answer.data);
      if (key !== objectKey) navigate(`${path}/${encodeURIComponent(key)}`);
    });

  const key = keyOf(values ?? {});
  const { byField, others } = faultsByField(fault, {
    names: [`${kind}[${key}]`, `${kind}[${key.split('/')[0]}]`],
    schema: schema ?? {},
    values: values ?? {},
  });
  const isConflict = fault instanceof RequestFault && fault.code === 'changed';
  if (error) return <FaultList fault={error} />;
  return (
    <PageFrame
      title={t(`${kind}.edit`)}
      actions={
        <>
          {objectKey !== undefined && ACTIONS[kind]?.(objectKey)}
          <RelatedLinks paths={related} />
        </>
      }
    >
      {objectKey !== undefined && plan.isDevice && <DeviceState name={objectKey} />}
      {objectKey !== undefined && (
        <Advice kind={kind} objectKey={objectKey} stored={data?.data as Values | undefined} />
      )}
      {done && (
        <Alert color="teal" role="status">
          {done}
        </Alert>
      )}
      {fault !== undefined && !isConflict && <FaultList fault={fault} others={others} />}
      {isConflict && values && objectKey !== undefined && (
        <ConflictDialog
          kind={kind}
          objectKey={objectKey}
          mine={values}
          words={words}
          close={() => setFault(undefined)}
          take={(next, seen) => {
            setValues(next);
            setVersion(seen);
            setFault(undefined);
          }}
        />
      )}
      {schema && values ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <ObjectForm
            schema={schema}
            fields={fields}
            words={words}
            values={values}
            change={setValues}
            faults={byField}
            disabled={!mayWrite}
          />
          {mayWrite && (
            <Group mt="md" gap="xs">
              <Button type="submit">{t('save')}</Button>
              {objectKey !== undefined && (
                <Button
                  variant="default"
                  onClick={() =>
                    attempt(async () => {
                      if (!window.confirm(t('confirmDelete', { name: objectKey }))) return;
                      await remove(objectKey, version ?? '');
                      navigate(path);
                    })
                  }
                >
                  {t('delete')}
                </Button>
              )}
              <Button variant="default" onClick={() => void cancel()}>
                {t('cancel')}
              </Button>
            </Group>
          )}
        </form>
      ) : (
        <Loading />
      )}
    </PageFrame>
  );
}
