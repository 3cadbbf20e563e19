/** How the last thing that was done went; announced to who hears the pages. */
import type { Fault } from '@conclave/api';
import { Alert } from '@mantine/core';
import { useState } from 'react';
import { FaultList } from './fault-list.tsx';

export interface Attempt {
  /** What went wrong, until the next attempt. */
  readonly fault: unknown;
  readonly busy: boolean;
  /** Of the last one that went well; empty: nothing. */
  readonly done: string;
  /** What is shown when it went well is what `work` gives. */
  run(work: () => Promise<string>): void;
  forget(): void;
}

/** `first` is shown before there was any. */
export function useAttempt(first = ''): Attempt {
  const [state, setState] = useState<{ fault?: unknown; done: string; busy: boolean }>({
    done: first,
    busy: false,
  });
  return {
    fault: state.fault,
    done: state.done,
    busy: state.busy,
    forget: () => setState({ done: '', busy: false }),
    run: (work) => {
      setState({ done: '', busy: true });
      work().then(
        (done) => setState({ done, busy: false }),
        (fault: unknown) => setState({ fault, done: '', busy: false }),
      );
    },
  };
}

export interface NoticeProps {
  readonly fault: unknown;
  readonly done: string;
  /** Faults that stand at no field. */
  readonly others?: readonly Fault[];
}

export function Notice({ fault, done, others }: NoticeProps) {
  if (fault !== undefined) return <FaultList fault={fault} {...(others && { others })} />;
  if (done === '') return undefined;
  return (
    <Alert color="teal" role="status" p="xs">
      {done}
    </Alert>
  );
}
