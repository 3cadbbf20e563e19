/** What is done with several rows at once; the first that is refused ends it, and is told. */
import { Button, Group } from '@mantine/core';
import type { BulkAction } from './find-and-list.tsx';
import { Notice, useAttempt } from './notice.tsx';

export interface BulkBarProps<Row> {
  readonly actions: readonly BulkAction<Row>[];
  /** Those that are ticked. */
  readonly rows: readonly Row[];
  readonly done: () => void;
}

export function BulkBar<Row>({ actions, rows, done }: BulkBarProps<Row>) {
  const attempt = useAttempt();
  const start = (action: BulkAction<Row>): void => {
    if (action.confirm && !window.confirm(action.confirm(rows.length))) return;
    attempt.run(async () => {
      for (const row of rows) await action.run(row);
      done();
      return action.done(rows.length);
    });
  };
  return (
    <>
      <Notice {...attempt} />
      <Group gap="xs">
        {actions.map((action) => (
          <Button
            key={action.label}
            variant="default"
            disabled={rows.length === 0 || attempt.busy}
            onClick={() => start(action)}
          >
            {action.label}
          </Button>
        ))}
      </Group>
    </>
  );
}
