/** The OpenAPI document as text, from an API that is served to nobody. */
import { makeApi } from './api-server.ts';
import type { ApiPorts } from './ports.ts';

export async function openApiText(): Promise<string> {
  // Nothing is asked of the ports while the routes are only described.
  const app = await makeApi({} as ApiPorts);
  return `${JSON.stringify(app.swagger(), undefined, 2)}\n`;
}
