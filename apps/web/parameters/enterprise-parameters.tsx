/** Enterprise Parameters: the cluster's name, its security mode, and what SIP phones are challenged with. */
import type { Cluster } from '@conclave/api';
import { Button, Group } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshConfiguration } from '../api/objects.ts';
import { type Answer, ask, RequestFault } from '../api/request.ts';
import { useSchema } from '../api/schema.ts';
import { useMay } from '../api/session.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { faultsByField } from '../kit/field-faults.ts';
import { Loading } from '../kit/loading.tsx';
import { Notice, useAttempt } from '../kit/notice.tsx';
import { ObjectForm, type Values } from '../kit/object-form.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { Warnings } from '../kit/warnings.tsx';
import { textOf } from '../locale/language.ts';

const PATH = '/cluster';

const FIELDS = [{ name: 'id' }, { name: 'securityMode' }, { name: 'sipRealm' }];

export function EnterpriseParameters() {
  const { t } = useTranslation('parameters');
  const client = useQueryClient();
  const mayWrite = useMay('configuration:write');
  const schema = useSchema(PATH, 'put');
  const { data, error, refetch } = useQuery({
    queryKey: [PATH],
    queryFn: () => ask<Cluster>('GET', PATH),
  });
  const [edited, setEdited] = useState<{ values: Values; version: string | undefined }>();
  const attempt = useAttempt();
  useEffect(() => {
    if (data) setEdited((now) => now ?? editable(data));
  }, [data]);
  const takeTheirs = async (): Promise<void> => {
    const { data: now } = await refetch();
    if (now) setEdited(editable(now));
  };
  const save = (): void =>
    attempt.run(async () => {
      const { data: values, version } = await ask<Cluster>('PUT', PATH, {
        body: edited?.values,
        version: edited?.version,
      });
      setEdited({ values: { ...values }, version });
      await refreshConfiguration(client);
      return t('saved');
    });
  if (error) return <FaultList fault={error} />;
  const { fault } = attempt;
  const { byField, others } = faultsByField(fault, {
    names: ['cluster'],
    schema: schema ?? {},
    values: edited?.values ?? {},
  });
  const isConflict = fault instanceof RequestFault && fault.code === 'changed';
  return (
    <PageFrame title={t('enterprise.title')}>
      <Warnings about="cluster" />
      <Notice {...attempt} others={others} />
      {isConflict && (
        <Group>
          <Button variant="default" onClick={() => void takeTheirs()}>
            {t('takeTheirs')}
          </Button>
        </Group>
      )}
      {schema && edited ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          <ObjectForm
            schema={schema}
            fields={FIELDS}
            words={{
              label: (path) => textOf(t, `parameters:cluster.${path}`),
              help: (path) => t(`cluster.help.${path}`, { defaultValue: '' }) || undefined,
              value: (path, value) => textOf(t, `parameters:cluster.values.${path}.${value}`),
            }}
            values={edited.values}
            change={(values) => setEdited({ ...edited, values })}
            faults={byField}
            disabled={!mayWrite}
          />
          {mayWrite && (
            <Group gap="xs" mt="md">
              <Button type="submit" loading={attempt.busy}>
                {t('save')}
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

function editable({ data, version }: Answer<Cluster>) {
  return { values: { ...data } as Values, version };
}
