import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from './api.client.ts';

const TRIES_MAX = 3;

/** What the page knows of the server. Old answers are shown while new ones are fetched, with their age beside them. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => error instanceof ApiProblem && error.isPassing && failures < TRIES_MAX,
      // After sleep, or on coming back to the tab, nothing old stays unnoticed.
      refetchOnWindowFocus: true,
    },
  },
});
