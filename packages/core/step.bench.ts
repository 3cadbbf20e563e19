/**
 * What the rules cost: a registration, and a call from dialling to hanging up, in houses of different
 * sizes.
 *
 *   npm run bench -- step
 *
 * Method: phones that do at once what they are told; 15 rounds of 200 calls (or registrations) after
 * some for warming up, the median is printed, and the ratio to the small house: what there is should
 * not matter, only what happens.
 */
import {
  type Configuration,
  DEFAULT_PARAMETERS,
  type Event,
  initialState,
  nextDeadlineMs,
  type PhoneConfiguration,
  type State,
  step,
} from './index.ts';

const ROUNDS = 15;
const EVENTS_PER_ROUND = 200;

class House {
  state: State;
  #nowMs = 1_000_000;

  constructor(phones: number) {
    this.state = initialState(configurationOf(phones), 1);
    for (let phone = 0; phone < phones; phone++) this.register(phone);
  }

  register(phone: number): void {
    this.#happen({
      type: 'phone-registered',
      registration: {
        name: nameOf(phone),
        signalling: 'tls-encrypted',
        sinceMs: this.#nowMs,
        address: '192.0.2.1',
        codecs: ['pcmu', 'pcma'],
      },
    });
  }

  /** A call that is answered. */
  call(from: number, to: number): void {
    const digits = numberOf(to);
    this.#act(from, { type: 'dial', digits, fresh: true });
    this.#act(to, { type: 'softkey', key: 'answer', line: 1 });
  }

  hangUp(phone: number): void {
    this.#act(phone, { type: 'on-hook' });
  }

  #act(phone: number, action: Extract<Event, { readonly type: 'phone' }>['action']): void {
    this.#nowMs += 10;
    this.#happen({ type: 'phone', device: nameOf(phone), action });
  }

  #happen(first: Event): void {
    const events = [first];
    for (let event = events.shift(); event; event = events.shift()) {
      const { state, effects } = step(this.state, event, this.#nowMs);
      this.state = state;
      for (const effect of effects) {
        if (effect.type !== 'open-receive') continue;
        const { device, party } = effect.end;
        const address = { host: '192.0.2.1', port: 20_000 + (party % 1_000) };
        events.push({ type: 'receive-opened', device, party, address });
      }
    }
    nextDeadlineMs(this.state);
  }
}

const small = measured(100, 0);
console.log(
  `100 phones, no other call:      registration ${small.registration.toFixed(1)} us, call ${small.call.toFixed(1)} us`,
);
for (const [phones, calls] of [
  [10_000, 0],
  [10_000, 100],
  [10_000, 1_000],
] as const) {
  const { registration, call } = measured(phones, calls);
  console.log(
    `${phones} phones, ${calls} other calls: registration ${ratio(registration, small.registration)}, call ${ratio(call, small.call)}`,
  );
}

function measured(phones: number, calls: number): { registration: number; call: number } {
  const house = new House(phones);
  for (let call = 0; call < calls; call++) house.call(10 + 2 * call, 11 + 2 * call);
  let next = 0;
  const registration = measure(() => house.register(phones - 1 - (next++ % 50)));
  const call = measure(() => {
    house.call(0, 1);
    house.hangUp(0);
  });
  if (house.state.calls.size !== calls) throw new Error('calls are left over');
  return { registration, call };
}

/** Microseconds. */
function measure(run: () => void): number {
  const durationsMs: number[] = [];
  for (let round = 0; round < ROUNDS + 3; round++) {
    const startMs = performance.now();
    for (let each = 0; each < EVENTS_PER_ROUND; each++) run();
    if (round >= 3) durationsMs.push(performance.now() - startMs);
  }
  const medianMs = durationsMs.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? 0;
  return (1_000 * medianMs) / EVENTS_PER_ROUND;
}

function ratio(costUs: number, smallUs: number): string {
  return `${costUs.toFixed(1)} us (${(costUs / smallUs).toFixed(2)} x)`;
}

function configurationOf(count: number): Configuration {
  const phones = Array.from({ length: count }, (_, phone) => {
    const line = {
      index: 1,
      directoryNumber: numberOf(phone),
      partition: '',
      displayName: `Phone ${phone}`,
      label: numberOf(phone),
    };
    const phoneConfiguration: PhoneConfiguration = {
      name: nameOf(phone),
      model: '8851',
      firmware: '14-1',
      protocol: 'SIP',
      securityMode: 'encrypted',
      lines: [line],
    };
    return phoneConfiguration;
  });
  return {
    clusterId: 'bench',
    mixedMode: true,
    phones: new Map(phones.map((phone) => [phone.name, phone])),
    bridges: new Map(),
    groups: new Map(),
    lists: new Map(),
    meetMeNumbers: [],
    parameters: DEFAULT_PARAMETERS,
  };
}

function nameOf(phone: number): string {
  return `SEP${String(phone).padStart(12, '0')}`;
}

function numberOf(phone: number): string {
  return String(200_000 + phone);
}
