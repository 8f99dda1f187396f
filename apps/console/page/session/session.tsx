import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useCallback, useMemo } from 'react';
import { ApiProblem, ask, configureApi } from '../api/api.client.ts';

/** Who has signed in, and what they may do. */
export interface Person {
  readonly personId: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: string;
  readonly scopes: readonly string[];
}

interface SessionAnswer {
  readonly person: Person;
  /** Sent back with every change: another site's page cannot read it. */
  readonly csrfToken: string;
}

interface SessionState {
  readonly person: Person;
  readonly may: (scope: string) => boolean;
  readonly signOut: () => Promise<void>;
}

const SessionContext = createContext<SessionState | undefined>(undefined);
const SESSION_KEY = ['session'];

/** The signed-in person. @throws Error outside of {@link SessionGate}: a mistake of the page */
export function useSession(): SessionState {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('There is no session here');
  return session;
}

/** Resolves to null when nobody has signed in. */
async function readSession(): Promise<SessionAnswer | null> {
  try {
    return await ask<SessionAnswer>('GET', '/session');
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) return null;
    throw error;
  }
}

/** Signs in and makes the answer the session. @throws ApiProblem with what to tell the person */
export function useSignIn(): (email: string, password: string) => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    async (email, password) => {
      await ask('POST', '/session', { email, password });
      await client.invalidateQueries({ queryKey: SESSION_KEY });
    },
    [client],
  );
}

/**
 * Shows the page to whoever has signed in, and `otherwise` to everybody else. A session that ends, here or elsewhere,
 * takes everything that was fetched with it off the screen.
 */
export function SessionGate({ children, otherwise }: { children: ReactNode; otherwise: ReactNode }): ReactNode {
  const client = useQueryClient();
  const { data, error, refetch } = useQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: 60_000 });
  const forget = useCallback(() => {
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
    client.setQueryData(SESSION_KEY, null);
  }, [client]);
  configureApi({ csrfToken: data?.csrfToken, onSessionOver: forget });
  const state = useMemo(
    () =>
      data === null || data === undefined
        ? undefined
        : {
            person: data.person,
            may: (scope: string) => data.person.scopes.includes(scope),
            signOut: async () => {
              await ask('DELETE', '/session');
              forget();
            },
          },
    [data, forget],
  );
  if (error !== null && data === undefined) {
    return (
      <main className="lonely">
        <p role="alert">The console’s server does not answer: {error.message}</p>
        <button className="button" type="button" onClick={() => void refetch()}>
          Try again
        </button>
      </main>
    );
  }
  if (data === undefined) return <main className="lonely" aria-busy="true" />;
  return state === undefined ? otherwise : <SessionContext value={state}>{children}</SessionContext>;
}
