/** Addresses of pages: all below one path, told to the browser's history, so that back and reload work. */
import { Anchor, type AnchorProps } from '@mantine/core';
import { type MouseEvent, type ReactNode, useSyncExternalStore } from 'react';
import { mayLeave } from './leave.ts';

const PREFIX = '/admin';

const MOVED = 'conclave-moved';

/** The address below the prefix, without its question: `/device/phone`. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, currentPath);
}

/** A word of the address's question, such as `find` in `?find=1001`. */
export function useQuestion(name: string): string | undefined {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  return new URLSearchParams(search).get(name) ?? undefined;
}

/** As somebody asks for it: he is asked first whether what he has typed may be lost. */
export function visit(to: string): void {
  if (mayLeave()) navigate(to);
}

export function navigate(to: string): void {
  window.history.pushState(null, '', `${PREFIX}${to}`);
  window.dispatchEvent(new Event(MOVED));
}

/** Values of the words with a colon: `/device/phone/:key`. Undefined: another address. */
export function matchRoute(
  pattern: string,
  path: string,
): Readonly<Record<string, string>> | undefined {
  const expected = pattern.split('/');
  const given = path.split('/');
  if (expected.length !== given.length) return undefined;
  const values: Record<string, string> = {};
  for (const [at, word] of expected.entries()) {
    const value = given[at] ?? '';
    if (word.startsWith(':') && value !== '') values[word.slice(1)] = decoded(value);
    else if (word !== value) return undefined;
  }
  return values;
}

interface LinkProps extends AnchorProps {
  readonly to: string;
  readonly children: ReactNode;
}

/** A link to another page of ours; in a new tab it works as any other. */
export function Link({ to, children, ...props }: LinkProps) {
  return (
    <Anchor {...props} href={hrefOf(to)} onClick={(event) => follow(event, to)}>
      {children}
    </Anchor>
  );
}

export function hrefOf(to: string): string {
  return `${PREFIX}${to}`;
}

/** For other components that are links. */
export function follow(event: MouseEvent, to: string): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  visit(to);
}

function subscribe(changed: () => void): () => void {
  window.addEventListener('popstate', changed);
  window.addEventListener(MOVED, changed);
  return () => {
    window.removeEventListener('popstate', changed);
    window.removeEventListener(MOVED, changed);
  };
}

function currentPath(): string {
  const path = window.location.pathname.slice(PREFIX.length);
  return path.length > 1 ? path.replace(/\/$/, '') : '/';
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}
