/** The conferences that go on, as the call manager tells them: nothing is asked again and again. */
import type { LiveConference } from '@conclave/api';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { SESSION_KEY } from '../api/session.tsx';

export interface Live {
  /** By number, in the order of their beginning; undefined before the first news. */
  readonly conferences: ReadonlyMap<number, LiveConference> | undefined;
  /** False: what is shown may be old. */
  readonly isLive: boolean;
}

/** How soon it is tried again when nobody answers. */
const AGAIN_MS = 2_000;

export function useLive(): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({ conferences: undefined, isLive: false });
  useEffect(() => {
    let source: EventSource;
    let timer: number | undefined;
    let known = new Map<number, LiveConference>();
    let isWhole = false;
    const show = (): void => {
      if (isWhole) setLive({ conferences: new Map(known), isLive: true });
    };
    const open = (): void => {
      source = new EventSource('/api/v1/live');
      source.onopen = () => {
        known = new Map();
        isWhole = false;
      };
      source.addEventListener('conference', ({ data }) => {
        const conference: LiveConference = JSON.parse(data);
        known.set(conference.id, conference);
        show();
      });
      source.addEventListener('ended', ({ data }) => {
        known.delete(JSON.parse(data).id);
        show();
      });
      source.addEventListener('ready', () => {
        isWhole = true;
        show();
      });
      source.onerror = () => {
        setLive((before) => ({ ...before, isLive: false }));
        source.close();
        // Perhaps nobody is logged in any more; then there is nothing to try.
        void client.invalidateQueries({ queryKey: SESSION_KEY });
        timer = window.setTimeout(open, AGAIN_MS);
      };
    };
    open();
    return () => {
      source.close();
      window.clearTimeout(timer);
    };
  }, [client]);
  return live;
}

/** The time, so often. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNowMs(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
