import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConferenceMixer, MIXER_PORT_COUNT_MAX, type MixerPort } from './conference-mixer.ts';
import { decodePcmu, encodePcmu } from './g711.ts';
import { FRAME_SAMPLES, saturate } from './pcm.ts';
import { ToneGenerator } from './tone.ts';
import { detectTones } from './tone-detector.ts';

/*
 * Goal: everybody hears the sum of all the others, clipped once at the end, and nothing of an
 * earlier tick. Method: the definition (a sum per listener) as the model, then examples.
 */

test('each hears the sum of the others: the definition, over several ticks', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), conversations(), (portCount, ticks) => {
      const mixer = new ConferenceMixer();
      const ports = Array.from({ length: portCount }, (_, index) => mixer.add(`leg ${index}`));
      for (const levels of ticks) {
        const spoken = ports.map((port, index) => speak(port, levels[index]));
        mixer.mix();
        for (const [listener, port] of ports.entries()) {
          const others = spoken.filter((_, speaker) => speaker !== listener);
          expect([...port.output()]).toEqual(sumOf(others));
        }
        expect([...mixer.common]).toEqual(sumOf(spoken));
      }
    }),
  );
});

test('clipping comes last: two loud speakers of opposite sign leave the third one in peace', () => {
  const mixer = new ConferenceMixer();
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => mixer.add(id));
  if (!a || !b || !c || !d) throw new Error('four ports');
  speak(a, 30_000);
  speak(b, 30_000);
  speak(c, -30_000);
  mixer.mix();
  expect(a.output()[0]).toBe(0);
  expect(c.output()[0]).toBe(32_767);
  expect(d.output()[0]).toBe(30_000);
});

test('who said nothing shares one frame, who spoke does not', () => {
  const mixer = new ConferenceMixer();
  const speaker = mixer.add('speaker');
  const listeners = [mixer.add('one'), mixer.add('other')];
  speak(speaker, 100);
  mixer.mix();
  for (const listener of listeners) expect(listener.output()).toBe(mixer.common);
  expect(speaker.output()).not.toBe(mixer.common);
  expect([...speaker.output()]).toEqual(sumOf([]));
});

test('a contribution is mixed once: a leg that falls silent does not repeat itself', () => {
  const mixer = new ConferenceMixer();
  const speaker = mixer.add('speaker');
  const listener = mixer.add('listener');
  speak(speaker, 100);
  mixer.mix();
  expect(listener.output()[0]).toBe(100);
  expect(speaker.active).toBe(false);
  mixer.mix();
  expect(listener.output()[0]).toBe(0);
  expect(speaker.output()).toBe(mixer.common);
});

test('frames are the same arrays in every tick: nothing is allocated', () => {
  const mixer = new ConferenceMixer();
  const port = mixer.add('port');
  const { common } = mixer;
  speak(port, 1);
  mixer.mix();
  const own = port.output();
  speak(port, 2);
  mixer.mix();
  expect(port.output()).toBe(own);
  expect(mixer.common).toBe(common);
});

describe('coming and going', () => {
  test('a newcomer hears the mix of the last tick, then his own', () => {
    const mixer = new ConferenceMixer();
    speak(mixer.add('speaker'), 100);
    mixer.mix();
    const newcomer = mixer.add('newcomer');
    expect(newcomer.output()[0]).toBe(100);
    expect(mixer.portCount).toBe(2);
  });

  test('who left is heard no more, even if he spoke in this very tick', () => {
    const mixer = new ConferenceMixer();
    const listener = mixer.add('listener');
    speak(mixer.add('speaker'), 100);
    mixer.remove('speaker');
    mixer.mix();
    expect(listener.output()[0]).toBe(0);
    expect(mixer.portCount).toBe(1);
  });

  test('an empty conference mixes silence', () => {
    const mixer = new ConferenceMixer();
    mixer.mix();
    expect([...mixer.common]).toEqual(sumOf([]));
  });

  test('two ports for one, a stranger who leaves, one too many: our mistakes', () => {
    const mixer = new ConferenceMixer();
    mixer.add('a');
    expect(() => mixer.add('a')).toThrow('one port');
    expect(() => mixer.remove('b')).toThrow('has a port');
    for (let index = 1; index < MIXER_PORT_COUNT_MAX; index++) mixer.add(`leg ${index}`);
    expect(() => mixer.add('one too many')).toThrow('bound');
  });

  test('a full house at full scale does not overflow the sum', () => {
    const mixer = new ConferenceMixer();
    const ports = Array.from({ length: MIXER_PORT_COUNT_MAX }, (_, index) => mixer.add(`${index}`));
    for (const port of ports) speak(port, -32_768);
    mixer.mix();
    expect(ports[0]?.output()[0]).toBe(-32_768);
  });
});

test('three talk in tones: each hears the two others and not himself, after µ-law too', () => {
  const mixer = new ConferenceMixer();
  const frequenciesHz = [440, 880, 1320];
  const talkers = frequenciesHz.map((frequencyHz) => ({
    frequencyHz,
    port: mixer.add(`${frequencyHz} Hz`),
    generator: new ToneGenerator({ frequenciesHz: [frequencyHz], levelDbov: -16 }),
    heard: new Int16Array(10 * FRAME_SAMPLES),
  }));
  for (let tick = 0; tick < 10; tick++) {
    for (const { port, generator } of talkers) {
      generator.write(port.input);
      throughPcmu(port.input);
      port.active = true;
    }
    mixer.mix();
    for (const { port, heard } of talkers) heard.set(port.output(), tick * FRAME_SAMPLES);
  }
  for (const { frequencyHz, heard } of talkers) {
    throughPcmu(heard);
    const others = frequenciesHz.filter((other) => other !== frequencyHz);
    expect(detectTones(heard, frequenciesHz)).toEqual(others);
  }
});

/** What each port says, as one level for the whole frame; undefined says nothing. */
function conversations(): fc.Arbitrary<readonly (readonly (number | undefined)[])[]> {
  const level = fc.option(fc.integer({ min: -32_768, max: 32_767 }), { nil: undefined });
  return fc.array(fc.array(level, { minLength: 8, maxLength: 8 }), { minLength: 1, maxLength: 5 });
}

/** Returns what was said: a frame whose samples differ, so that their order counts. */
function speak(port: MixerPort, level: number | undefined): Int16Array {
  if (level === undefined) return new Int16Array(FRAME_SAMPLES);
  const frame = Int16Array.from({ length: FRAME_SAMPLES }, (_, index) =>
    index === 0 ? level : Math.round(level * Math.cos(index)),
  );
  port.input.set(frame);
  port.active = true;
  return frame;
}

function sumOf(frames: readonly Int16Array[]): readonly number[] {
  return Array.from({ length: FRAME_SAMPLES }, (_, index) =>
    saturate(frames.reduce((sum, frame) => sum + (frame[index] ?? 0), 0)),
  );
}

function throughPcmu(samples: Int16Array): void {
  const codes = new Uint8Array(samples.length);
  encodePcmu(samples, codes);
  decodePcmu(codes, samples);
}
