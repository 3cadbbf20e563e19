/** Service Parameter Configuration: name, value, default, range and help of each, saved together. */
import type { Parameter } from '@conclave/api';
import { Alert, Button, Group, List, NativeSelect, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RequestFault } from '../api/request.ts';
import { useMay } from '../api/session.tsx';
import { FaultList } from '../kit/fault-list.tsx';
import { Loading } from '../kit/loading.tsx';
import { Notice } from '../kit/notice.tsx';
import { PageFrame } from '../kit/page-frame.tsx';
import { RelatedLinks } from '../kit/related-links.tsx';
import { useQuestion } from '../router/route.tsx';
import { ParameterTable } from './parameter-table.tsx';
import { useParameters } from './use-parameters.ts';

const RELATED = ['/media-resources/conference-bridge', '/call-routing/meet-me'];

export function ServiceParameters() {
  const { t } = useTranslation('parameters');
  const mayWrite = useMay('configuration:write');
  const only = useQuestion('find') ?? '';
  const [service, setService] = useState<string>();
  const { parameters, error, edits, edit, forget, save, attempt, meanwhile } = useParameters();
  if (error) return <FaultList fault={error} />;
  const services = [...new Set((parameters ?? []).map((each) => each.service))];
  const current = service ?? services[0] ?? '';
  const shown = (parameters ?? []).filter((each) =>
    only === '' ? each.service === current : each.name === only,
  );
  return (
    <PageFrame title={t('title')} actions={<RelatedLinks paths={RELATED} />}>
      {meanwhile ? <Meanwhile changes={meanwhile} /> : <Notice {...attempt} />}
      {parameters ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save(t('saved'));
          }}
        >
          <Stack>
            {only === '' && (
              <NativeSelect
                label={t('service')}
                value={current}
                onChange={({ currentTarget }) => setService(currentTarget.value)}
                data={services}
                maw={360}
              />
            )}
            <ParameterTable
              parameters={shown}
              edits={edits}
              edit={edit}
              faults={faultsOf(attempt.fault)}
              disabled={!mayWrite}
            />
            {mayWrite && (
              <Group gap="xs">
                <Button type="submit" loading={attempt.busy}>
                  {t('save')}
                </Button>
                <Button
                  variant="default"
                  onClick={() => edit(Object.fromEntries(shown.map((e) => [e.name, e.default])))}
                >
                  {t('setToDefault')}
                </Button>
                <Button variant="default" onClick={forget}>
                  {t('cancel')}
                </Button>
              </Group>
            )}
          </Stack>
        </form>
      ) : (
        <Loading />
      )}
    </PageFrame>
  );
}

interface Change {
  readonly before: Parameter;
  readonly now: string;
}

/** Somebody else has set parameters since these were read. */
function Meanwhile({ changes }: { readonly changes: readonly Change[] }) {
  const { t } = useTranslation('parameters');
  return (
    <Alert color="orange" role="alert" title={t('meanwhile.title')}>
      <List size="sm">
        {changes.map(({ before, now }) => (
          <List.Item key={before.name}>
            {t('meanwhile.change', { name: before.name, before: before.value, now })}
          </List.Item>
        ))}
      </List>
      {t('meanwhile.text')}
    </Alert>
  );
}

/** By the name of the parameter. */
function faultsOf(fault: unknown): ReadonlyMap<string, string> {
  const faults = fault instanceof RequestFault ? fault.faults : [];
  return new Map(
    faults.map(({ field, rule }) => [/^serviceParameters\[(.*)\]$/.exec(field)?.[1] ?? '', rule]),
  );
}
