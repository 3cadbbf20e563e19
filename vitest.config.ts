import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{packages,apps,tools,test}/**/*.test.ts'],
    // Tests on real sockets and with other people's programs wait for conditions, not for time.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
