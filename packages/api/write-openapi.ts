/**
 * Writes `docs/reference/openapi.json` anew from the schemas, and the types of the client from that:
 * `node packages/api/write-openapi.ts`.
 */
import { writeFileSync } from 'node:fs';
import { clientText, type Document } from './client-text.ts';
import { openApiText } from './openapi-text.ts';

const text = await openApiText();
writeFileSync(new URL('../../docs/reference/openapi.json', import.meta.url), text);
writeFileSync(
  new URL('../client/operations.ts', import.meta.url),
  clientText(JSON.parse(text) as Document),
);
