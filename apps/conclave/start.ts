/**
 * `conclave start`: the whole system on one machine. It runs the call manager, its bridges and its music
 * servers as processes of their own, says what is listening, what has registered and what to do next,
 * and ends all of them together.
 */
import { fileURLToPath } from 'node:url';
import type { CallManagerNews, ServiceAsked, ServicesTold } from '@conclave/callmanager';
import { Child } from './child.ts';
import { acquireLock } from './lock.ts';
import { type BridgeSettings, type MusicServerSettings, readSettings } from './settings.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

export interface RunningSystem {
  /** Resolves when the call manager listens and every local resource has registered. */
  readonly ready: Promise<{ readonly sccpPort: number; readonly sccpTlsPort: number }>;
  /** Process ids by title, for tests that kill. */
  pids(): Readonly<Record<string, number | undefined>>;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly dataDirectory: string;
  /** Gets the lines a person reads. */
  readonly print: (line: string) => void;
  /** Gets the log's lines, in JSON. Absent: nobody reads them. */
  readonly log?: (line: string) => void;
}

/** Starts everything. Throws a SettingsError or LockError when the start makes no sense. */
export function startSystem({ dataDirectory, print, log }: StartOptions): RunningSystem {
  const startedMs = performance.now();
  const settings = readSettings(dataDirectory);
  const release = acquireLock(dataDirectory);
  const children = new Map<string, Child>();
  const ready = Promise.withResolvers<{ sccpPort: number; sccpTlsPort: number }>();
  const resources = [...settings.bridges, ...settings.musicServers];
  const waiting = new Set(resources.map(({ name }) => name));
  // A wildcard is no address to connect to.
  const localHost = settings.host === '0.0.0.0' ? '127.0.0.1' : settings.host;
  let ports: Extract<CallManagerNews, { type: 'listening' }> | undefined;

  const onLine = (title: string, line: string): void => {
    if (line.startsWith('{"level":')) log?.(line);
    else print(`[${title}] ${line}`);
  };
  const onEnd = (title: string, how: string): void => print(`[${title}] ended (${how})`);

  const callManager = new Child({
    title: 'call manager',
    // Started again, it listens where it listened before: devices look for it there.
    words: () => [
      MAIN,
      'callmanager',
      ...['--data', dataDirectory, '--listen', settings.host],
      ...['--sccp-port', String(ports?.sccpPort ?? settings.sccpPort)],
      ...['--sccp-tls-port', String(ports?.sccpTlsPort ?? settings.sccpTlsPort)],
      ...['--sip-port', String(ports?.sipPort ?? settings.sipPort)],
      ...['--sip-tls-port', String(ports?.sipTlsPort ?? settings.sipTlsPort)],
      ...['--log-level', settings.logLevel],
      ...['--api-port', String(ports?.apiPort ?? settings.apiPort)],
    ],
    onLine,
    onEnd: (title, how) => {
      onEnd(title, how);
      if (how === 'exit 78') ready.reject(new Error('the call manager could not start'));
    },
    onMessage: (message) => onMessage(message as CallManagerNews | ServiceAsked),
    onState: tellServices,
  });
  children.set('call manager', callManager);
  callManager.start();

  /** What Control Centre shows. */
  function tellServices(): void {
    const musicServers = new Set(settings.musicServers.map(({ name }) => name));
    const kindOf = (title: string) => {
      if (title === 'call manager') return 'call-manager';
      return musicServers.has(title) ? 'music-server' : 'bridge';
    };
    const services = [...children].map(
      ([name, child]) => ({ name, kind: kindOf(name), ...child.state }) as const,
    );
    children.get('call manager')?.send({ type: 'services', services } satisfies ServicesTold);
  }

  function onMessage(message: CallManagerNews | ServiceAsked): void {
    if (message.type !== 'service') {
      onNews(message);
      return;
    }
    const { name, action } = message;
    print(`[${name}] ${action}, asked over the administration`);
    void children.get(name)?.[action]();
  }

  function onNews(news: CallManagerNews): void {
    switch (news.type) {
      case 'listening':
        ports = news;
        print(`SCCP      TCP ${news.host}:${news.sccpPort}   nonsecure devices`);
        print(
          `SCCP/TLS  TCP ${news.host}:${news.sccpTlsPort}   authenticated and encrypted devices`,
        );
        print(`SIP       UDP, TCP ${news.host}:${news.sipPort}   nonsecure devices`);
        print(
          `SIP/TLS   TCP ${news.host}:${news.sipTlsPort}   authenticated and encrypted devices`,
        );
        print(
          `HTTPS     TCP ${news.host}:${news.apiPort}   administration: https://localhost:${news.apiPort}/`,
        );
        for (const resource of resources) startResource(resource, news);
        tellServices();
        announceWhenReady();
        return;
      case 'registered':
        print(`registered    ${news.device.padEnd(16)} ${news.how}`);
        waiting.delete(news.device);
        announceWhenReady();
        return;
      case 'unregistered':
        print(`unregistered  ${news.device.padEnd(16)} ${news.reason}`);
        return;
      case 'alarm':
        print(`ALARM ${news.name}: ${news.text}`);
        return;
      case 'level':
        print(`conference ${news.conference}: ${news.from} -> ${news.to}. ${news.because}`);
        return;
      case 'refusal':
        print(`refused  ${news.operation} of ${news.device}. ${news.because}`);
    }
  }

  function startResource(
    resource: BridgeSettings | MusicServerSettings,
    { sccpPort, sccpTlsPort }: { readonly sccpPort: number; readonly sccpTlsPort: number },
  ): void {
    const { name, mode } = resource;
    if (children.has(name)) return;
    const isMusic = 'file' in resource;
    const folder = `${dataDirectory}/pki/${isMusic ? 'music-servers' : 'bridges'}/${name}`;
    const secure = mode === 'encrypted';
    const child = new Child({
      title: name,
      words: () => [
        MAIN,
        ...(isMusic
          ? ['music', '--file', resource.file, '--streams', String(resource.streams)]
          : ['bridge', '--sessions', String(resource.sessions)]),
        ...['--name', name, '--mode', mode, '--host', localHost],
        ...['--port', String(secure ? sccpTlsPort : sccpPort), '--exit-with-parent'],
        ...(secure
          ? [
              ...['--certificate', `${folder}/${name}.pem`],
              ...['--key', `${folder}/${name}.key`],
              ...['--trust', `${folder}/trust`],
            ]
          : []),
      ],
      onLine,
      onEnd,
      onState: tellServices,
    });
    children.set(name, child);
    child.start();
  }

  let announced = false;
  function announceWhenReady(): void {
    if (announced || !ports || waiting.size > 0) return;
    announced = true;
    print('');
    print(
      `Ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s. What to do next, in another terminal:`,
    );
    print(
      '  npm run demo                                                       a conference gains and loses its lock',
    );
    print(
      '  npm run conclave -- phone --name SEP000000001001 --mode encrypted  a phone at the keyboard',
    );
    print(
      '  npm run conclave -- status                                         devices, calls, conferences and why',
    );
    print(
      '  npm run conclave -- user add NAME --role administrator             a user for the pages',
    );
    print(`Data: ${dataDirectory}   Stop: Ctrl-C`);
    ready.resolve(ports);
  }

  ready.promise.catch(() => {});
  return {
    ready: ready.promise,
    pids: () => Object.fromEntries([...children].map(([title, child]) => [title, child.pid])),
    stop: async () => {
      // Resources first: they say goodbye, and the call manager writes their calls' records.
      const others = [...children].filter(([title]) => title !== 'call manager');
      await Promise.all(others.map(([, child]) => child.close()));
      await callManager.close();
      release();
    },
  };
}
