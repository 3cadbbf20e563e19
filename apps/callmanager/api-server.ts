/** The administration API on its port. */
import { join } from 'node:path';
import { makeApi } from '@conclave/api';
import type { TlsIdentity } from '@conclave/net';
import { type ApiHouse, apiPorts } from './api-ports.ts';

/** Built before the start by `tools/bootstrap.mjs`. */
const PAGES = join(import.meta.dirname, '..', 'web', 'dist');

export interface ApiServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface ApiServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly identity: TlsIdentity;
  readonly house: ApiHouse;
}

/** Rejects with an Error that has a `code` when the port is taken or not allowed. */
export async function openApi({
  host,
  port,
  identity,
  house,
}: ApiServerOptions): Promise<ApiServer> {
  const app = await makeApi(apiPorts(house), { identity, pages: PAGES });
  await app.listen({ host, port });
  const address = app.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: async () => {
      // Streams of live state never end by themselves.
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
