/** Editing parameters: what is not saved yet, on which version, and what others have changed meanwhile. */
import type { Parameter } from '@conclave/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { refreshConfiguration } from '../api/objects.ts';
import { type Answer, ask, RequestFault } from '../api/request.ts';
import { type Attempt, useAttempt } from '../kit/notice.tsx';

const PATH = '/parameters';

type Edits = Readonly<Record<string, string>>;
type Read = Answer<readonly Parameter[]>;

export interface ParameterEditing {
  readonly parameters: readonly Parameter[] | undefined;
  readonly error: Error | null;
  readonly edits: Edits;
  readonly attempt: Attempt;
  /** What others have set since the first edit; saving again keeps both. */
  readonly meanwhile: readonly { readonly before: Parameter; readonly now: string }[] | undefined;
  edit(values: Edits): void;
  forget(): void;
  save(done: string): void;
}

export function useParameters(): ParameterEditing {
  const client = useQueryClient();
  const read = (): Promise<Read> => ask('GET', PATH);
  const { data, error } = useQuery({ queryKey: [PATH], queryFn: read });
  const [edits, setEdits] = useState<Edits>({});
  const [base, setBase] = useState<Read>();
  const [meanwhile, setMeanwhile] = useState<ParameterEditing['meanwhile']>();
  const attempt = useAttempt();
  const forget = (): void => {
    setEdits({});
    setBase(undefined);
    setMeanwhile(undefined);
  };
  return {
    parameters: data?.data,
    error,
    edits,
    attempt,
    meanwhile,
    edit: (values) => {
      setBase((before) => before ?? data);
      setEdits({ ...edits, ...values });
    },
    forget,
    save: (done) =>
      attempt.run(async () => {
        const seen = base ?? data;
        setMeanwhile(undefined);
        try {
          await ask('PUT', PATH, { body: edits, version: seen?.version });
        } catch (fault) {
          if (!(fault instanceof RequestFault) || fault.code !== 'changed') throw fault;
          const now = await read();
          setMeanwhile(differences(seen?.data ?? [], now.data));
          setBase(now);
          throw fault;
        } finally {
          await refreshConfiguration(client);
        }
        forget();
        return done;
      }),
  };
}

function differences(before: readonly Parameter[], now: readonly Parameter[]) {
  const values = new Map(now.map(({ name, value }) => [name, value]));
  return before.flatMap((each) => {
    const value = values.get(each.name);
    return value === undefined || value === each.value ? [] : [{ before: each, now: value }];
  });
}
