import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Refused } from './api/request.ts';
import { Frame } from './frame/frame.tsx';
import { goLive } from './live/stream.ts';
import { afterUndo, Toasts } from './parts/toasts.tsx';
import './styles.css';

const RETRIES_MAX = 2;
/** What no change tells of, such as a projection, is asked for again after this long. */
const FRESH_MS = 30_000;

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; only an absent daemon is worth another try.
      retry: (count, error) => !(error instanceof Refused) && count < RETRIES_MAX,
    },
  },
});
goLive(client);
afterUndo(() => void client.invalidateQueries());

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root.');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Frame />
      <Toasts />
    </QueryClientProvider>
  </StrictMode>,
);
