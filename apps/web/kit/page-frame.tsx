/** What every page begins with: its title, what can be done here, and how the last of it went. */
import { Group, Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';

export interface PageFrameProps {
  readonly title: string;
  /** Beside the title: buttons, links. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export function PageFrame({ title, actions, children }: PageFrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever hears the pages is told where he is; whoever uses the keyboard goes on from here.
  useEffect(() => {
    document.title = `${title} – Conclave`;
    heading.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <Stack gap="md">
      <Group justify="space-between" align="flex-start">
        <Title order={1} size="h3" ref={heading} tabIndex={-1}>
          {title}
        </Title>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
