/** Where the pages begin. */
import '@mantine/core/styles.css';
import './shell/console.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createRoot } from 'react-dom/client';
import { LOGGED_OUT, RequestFault } from './api/request.ts';
import { SESSION_KEY } from './api/session.tsx';
import { startLanguage } from './locale/language.ts';
import { Console } from './shell/console.tsx';
import { RESOLVER, THEME } from './shell/theme.ts';

/** Styles that components write into the page carry the word that the policy of the page knows. */
const nonce =
  document.querySelector('meta[name="style-nonce"]')?.getAttribute('content') ?? undefined;
Object.assign(globalThis, { __webpack_nonce__: nonce });

const client = new QueryClient({
  defaultOptions: {
    queries: { retry: (count, error) => isPassing(error) && count < 2, refetchOnWindowFocus: true },
  },
});

// A session that has ended leads to the log-in, whatever was asked.
window.addEventListener(LOGGED_OUT, () => client.setQueryData(SESSION_KEY, null));

await startLanguage();
const place = document.getElementById('console');
if (place) {
  createRoot(place).render(
    <MantineProvider
      theme={THEME}
      cssVariablesResolver={RESOLVER}
      defaultColorScheme="auto"
      {...(nonce && { getStyleNonce: () => nonce })}
    >
      <QueryClientProvider client={client}>
        <Console />
      </QueryClientProvider>
    </MantineProvider>,
  );
}

/** Only what may go well the next time is asked again. */
function isPassing(error: Error): boolean {
  return error instanceof RequestFault && (error.status === 0 || error.status >= 500);
}
