/** Writes `docs/reference/openapi.json` anew from the schemas: `node packages/api/write-openapi.ts`. */
import { writeFileSync } from 'node:fs';
import { openApiText } from './openapi-text.ts';

writeFileSync(new URL('../../docs/reference/openapi.json', import.meta.url), await openApiText());
