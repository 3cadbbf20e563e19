/** Who has logged in, and what he may do. */
import type { Permission, SessionView } from '@conclave/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { ask, get, RequestFault } from './request.ts';

export const SESSION_KEY: readonly string[] = ['/session'];

const Session = createContext<SessionView | undefined>(undefined);

export const SessionProvider = Session.Provider;

/** Only for pages, which are shown to nobody else. */
export function useSession(): SessionView {
  const session = useContext(Session);
  if (!session) throw new Error('nobody has logged in');
  return session;
}

/** What a role may not do is not offered; the API refuses it anyway. */
export function useMay(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}

export interface SessionState {
  /** `null`: nobody. Undefined: not known yet. */
  readonly session: SessionView | null | undefined;
  readonly error: Error | null;
  logIn(user: string, password: string): Promise<void>;
  logOut(): Promise<void>;
}

export function useSessionState(): SessionState {
  const client = useQueryClient();
  const { data, error } = useQuery({
    queryKey: SESSION_KEY,
    queryFn: currentSession,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    session: data,
    error,
    logIn: async (user, password) => {
      const { data: session } = await ask<SessionView>('POST', '/session', {
        body: { user, password },
      });
      client.setQueryData(SESSION_KEY, session);
    },
    logOut: async () => {
      await ask('DELETE', '/session').catch(() => undefined);
      // Nothing of what the last one saw is left for the next one, and no late answer logs him in again.
      await client.cancelQueries();
      client.setQueryData(SESSION_KEY, null);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
    },
  };
}

async function currentSession(): Promise<SessionView | null> {
  try {
    return await get<SessionView>('/session');
  } catch (error) {
    if (error instanceof RequestFault && error.status === 401) return null;
    throw error;
  }
}
