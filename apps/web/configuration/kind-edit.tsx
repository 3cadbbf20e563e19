/** One object: its form, Save, Delete and Copy. Somebody else's change meanwhile is shown, not overwritten. */
import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { keyOf } from '../api/objects.ts';
import { RequestFault } from '../api/request.ts';
import { useSchema } from '../api/schema.ts';
import { useMay } from '../api/session.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { faultsByField } from '../kit/field-faults.ts';
import { Loading } from '../kit/loading.tsx';
import { Notice } from '../kit/notice.tsx';
import { ObjectForm } from '../kit/object-form.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { RelatedLinks } from '../kit/related-links.tsx';
import { useLeaveQuestion } from '../router/leave.ts';
import { visit } from '../router/route.tsx';
import { ACTIONS } from './actions.tsx';
import { Advice } from './advice.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { DeviceState } from './device-state.tsx';
import { useFieldPlans } from './field-plans.ts';
import classes from './kind-edit.module.css';
import type { KindPlan } from './kind-plans.ts';
import { useKindWords } from './kind-words.ts';
import { useObjectEditing } from './use-object-editing.ts';

export interface KindEditProps {
  readonly plan: KindPlan;
  /** Absent: a new one. */
  readonly objectKey?: string;
}

export function KindEdit({ plan, objectKey }: KindEditProps) {
  const { kind, related = [], isDevice = false } = plan;
  const { t } = useTranslation('configuration');
  const words = useKindWords(kind);
  const mayWrite = useMay('configuration:write');
  const schema = useSchema(`/${kind}`);
  const fields = useFieldPlans(plan.fields);
  const editing = useObjectEditing(plan, objectKey);
  const { edited, attempt } = editing;
  const { fault } = attempt;
  useLeaveQuestion(editing.isChanged ? t('leave') : undefined);
  if (editing.error) return <FaultList fault={editing.error} />;
  if (!schema || !edited) return <Loading />;
  const { values } = edited;
  const key = keyOf(values);
  const { byField, others } = faultsByField(fault, {
    names: [`${kind}[${key}]`, `${kind}[${key.split('/')[0]}]`],
    schema,
    values,
  });
  const isConflict = fault instanceof RequestFault && fault.code === 'changed';
  return (
    <PageFrame title={t(`${kind}.edit`)} actions={<RelatedLinks paths={related} />}>
      {objectKey !== undefined && isDevice && <DeviceState name={objectKey} />}
      {objectKey !== undefined && ACTIONS[kind]?.(objectKey)}
      {objectKey !== undefined && <Advice kind={kind} objectKey={objectKey} stored={values} />}
      {!isConflict && <Notice {...attempt} others={others} />}
      {isConflict && objectKey !== undefined && (
        <ConflictDialog
          kind={kind}
          objectKey={objectKey}
          mine={values}
          words={words}
          close={attempt.forget}
          take={editing.take}
        />
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          editing.save();
        }}
      >
        <ObjectForm
          schema={schema}
          fields={fields}
          words={words}
          values={values}
          change={editing.setValues}
          faults={byField}
          disabled={!mayWrite}
        />
        {mayWrite && <Buttons plan={plan} objectKey={objectKey} editing={editing} />}
      </form>
    </PageFrame>
  );
}

interface ButtonsProps {
  readonly plan: KindPlan;
  readonly objectKey: string | undefined;
  readonly editing: ReturnType<typeof useObjectEditing>;
}

function Buttons({ plan: { path }, objectKey, editing }: ButtonsProps) {
  const { t } = useTranslation('configuration');
  const remove = (name: string): void => {
    if (window.confirm(t('confirmDelete', { name }))) editing.remove();
  };
  return (
    <Group className={classes.buttons} gap="xs">
      <Button type="submit" loading={editing.attempt.busy}>
        {t('save')}
      </Button>
      {objectKey !== undefined && (
        <>
          <Button variant="default" onClick={() => remove(objectKey)}>
            {t('delete')}
          </Button>
          <Button
            variant="default"
            onClick={() => visit(`${path}/new?copy=${encodeURIComponent(objectKey)}`)}
          >
            {t('copy')}
          </Button>
          <Button variant="default" onClick={() => visit(`${path}/new`)}>
            {t('kit:addNew')}
          </Button>
        </>
      )}
      <Button variant="default" onClick={() => void editing.cancel()}>
        {t('cancel')}
      </Button>
    </Group>
  );
}
