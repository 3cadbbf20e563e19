import { describe, expect, test } from 'vitest';
import { parseCommandLine } from './options.ts';

/* Goal: what is typed becomes options, or one sentence that says what is wrong with it. */

const WORDS = ['--name', 'MOH2', '--mode', 'nonsecure', '--file', 'a.wav'];

describe('what is typed', () => {
  test('with what is meant when nothing is said', () => {
    expect(parseCommandLine(WORDS)).toEqual({
      json: false,
      exitWithParent: false,
      server: {
        name: 'MOH2',
        host: '127.0.0.1',
        port: 2000,
        protocolVersion: 20,
        file: 'a.wav',
        streamsMax: 100,
      },
    });
  });

  test('help', () => {
    expect(parseCommandLine(['--help'])).toBeUndefined();
  });

  test.each<[string, readonly string[], RegExp]>([
    ['no file', ['--name', 'MOH2', '--mode', 'nonsecure'], /--file is missing/],
    ['no name', ['--mode', 'nonsecure', '--file', 'a.wav'], /--name is missing/],
    ['no mode', ['--name', 'MOH2', '--file', 'a.wav'], /--mode is/],
    ['no streams', [...WORDS, '--streams', '0'], /--streams is a number from 1 to 10000/],
    ['no certificate', [...WORDS, '--mode', 'encrypted'], /needs --certificate, --key and --trust/],
    ['a word of bridges', [...WORDS, '--sessions', '4'], /--sessions/],
  ])('%s', (_, words, message) => {
    expect(() => parseCommandLine(words)).toThrow(message);
    expect(() => parseCommandLine(words)).toThrow(
      expect.objectContaining({ code: expect.any(String) }),
    );
  });
});
