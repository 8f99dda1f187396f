import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { watchAttention } from './api/attention.store.ts';
import { queryClient } from './api/query.client.ts';
import { App } from './app.tsx';
import './console.css';
import { applyTheme } from './layout/theme-choice.tsx';

applyTheme();
watchAttention(document);
const root = document.getElementById('root');
if (root === null) throw new Error('The document has no place for the page');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
