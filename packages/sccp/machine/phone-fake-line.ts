/**
 * For tests: a phone's session and a call manager's, joined by the codec, with time as a number.
 */
import { decodeMessage, encodeMessage } from '../wire/codec.ts';
import { FrameReader } from '../wire/frame-reader.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import type { OutgoingMessage } from './phone-commands.ts';
import type { PhoneIdentity } from './phone-registration.ts';
import {
  handlePhone,
  newPhoneSession,
  type PhoneInput,
  type PhoneOutput,
  type PhoneSession,
} from './phone-session.ts';
import {
  handleServer,
  newServerSession,
  type ServerInput,
  type StationFacts,
} from './server-session.ts';

export const IDENTITY: PhoneIdentity = {
  name: 'SEP0011223344AA',
  deviceType: 30018,
  firmware: '9.4(2)',
  protocolVersion: 20,
  lines: 1,
  codecs: ['pcma', 'pcmu'],
  address: '10.0.0.7',
};

const FACTS: StationFacts = {
  kind: 'phone',
  lines: [
    { index: 1, directoryNumber: '1001', displayName: 'Ada', label: '1001' },
    { index: 2, directoryNumber: '1002', displayName: 'Ada', label: '1002' },
  ],
  serverName: 'here',
  keepAliveSeconds: 30,
};

export class FakeLine {
  session: PhoneSession;
  nowMs = 1_000;
  /** The call manager does not answer any more. */
  silent = false;
  readonly outputs: PhoneOutput[] = [];
  readonly sent: OutgoingMessage[] = [];
  #server: ReturnType<typeof newServerSession> | undefined;

  constructor(identity: PhoneIdentity) {
    this.session = newPhoneSession(identity, this.nowMs);
  }

  /** Names of what the phone has said. */
  get said(): readonly string[] {
    return this.sent.map(({ name }) => name);
  }

  told(type: PhoneOutput['type']): readonly PhoneOutput[] {
    return this.outputs.filter((output) => output.type === type);
  }

  sentOf<N extends MessageName>(name: N): readonly BodyInput<N>[] {
    return this.sent.flatMap((each) => (each.name === name ? [each.body as BodyInput<N>] : []));
  }

  /** Registers with a call manager that answers everything. */
  connect(): void {
    this.#server = newServerSession(this.nowMs);
    this.input({ type: 'connected' });
  }

  hear<N extends MessageName>(name: N, body: BodyInput<N>): void {
    const { version } = this.session.client;
    this.input({ type: 'message', message: messageOf(name, body, version) });
  }

  input(input: PhoneInput): void {
    const { session, outputs } = handlePhone(this.session, input, this.nowMs);
    this.session = session;
    for (const output of outputs) {
      this.outputs.push(output);
      if (output.type !== 'send') continue;
      this.sent.push(output.message);
      const { name, body } = output.message;
      const message = messageOf(name, body as never, session.client.version);
      if (!this.silent) this.#serve({ type: 'message', message });
    }
  }

  #serve(input: ServerInput): void {
    if (!this.#server) return;
    const { session, outputs } = handleServer(this.#server, input, this.nowMs);
    this.#server = session;
    for (const output of outputs) {
      if (output.type === 'register') this.#serve({ type: 'admit', facts: FACTS });
      if (output.type === 'send') {
        const message = messageOf(output.name, output.body as never, session.version);
        this.input({ type: 'message', message });
      }
    }
  }
}

/** A message as it comes from the wire. */
export function messageOf<N extends MessageName>(
  name: N,
  body: BodyInput<N>,
  version = 20,
): AnyMessage {
  const read = new FrameReader().push(encodeMessage(name, body, version));
  const [frame] = read.ok ? read.value : [];
  const decoded = frame && decodeMessage(frame, version);
  if (!decoded?.ok) throw new Error(`${name} cannot be decoded`);
  return decoded.value;
}
