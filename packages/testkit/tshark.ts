/**
 * What tshark, an analyser that others wrote, reads in SCCP frames: the message, each field with its
 * place, and its complaints. For tests.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MessageName, specOf } from '@conclave/sccp';
import { pcapOf } from './pcap.ts';

/** Without it such tests are skipped, and say so. */
export const hasTshark = spawnSync('tshark', ['--version']).status === 0;

const SERVER_PORT = 2000;

export interface ShownField {
  readonly name: string;
  readonly text: string;
  readonly value: string;
  /** From the first byte of the frame. */
  readonly at: number;
  readonly size: number;
}

export interface Dissection {
  readonly message: string;
  readonly expert: readonly string[];
  readonly fields: readonly ShownField[];
}

/** tshark's reading of each frame, in order; every frame goes over a connection of its own. */
export function dissect(
  frames: readonly { readonly name: MessageName; readonly bytes: Uint8Array }[],
): readonly Dissection[] {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-tshark-'));
  const file = join(folder, 'frames.pcap');
  const segments = frames.map(({ name, bytes }, index) => {
    const device = 30_000 + index;
    const isFromDevice = specOf(name).from === 'device';
    return {
      sourcePort: isFromDevice ? device : SERVER_PORT,
      destinationPort: isFromDevice ? SERVER_PORT : device,
      payload: bytes,
    };
  });
  writeFileSync(file, pcapOf(segments));
  const options = ['-r', file, '-d', `tcp.port==${SERVER_PORT},skinny`, '-T', 'pdml'];
  const text = execFileSync('tshark', options, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  rmSync(folder, { recursive: true });
  return text.split('<packet>').slice(1).map(dissectionIn);
}

function dissectionIn(packet: string): Dissection {
  const skinny = packet.slice(packet.indexOf('<proto name="skinny"'));
  const base = Number(/pos="(\d+)"/.exec(skinny)?.[1]);
  const fields = [...skinny.matchAll(/<field name="(?:skinny\.)?([^"]+)"([^>]*)>/g)].flatMap(
    ([, name = '', attributes = '']) => {
      const at = attributeOf(attributes, 'pos');
      // What tshark derives (the time of a response, say) has no bytes.
      return at === '' || attributeOf(attributes, 'size') === '0'
        ? []
        : [
            {
              name,
              text: attributeOf(attributes, 'showname'),
              value: attributeOf(attributes, 'show'),
              at: Number(at) - base,
              size: Number(attributeOf(attributes, 'size')),
            },
          ];
    },
  );
  return {
    message: fields.find((each) => each.name === 'messageId')?.text ?? '',
    expert: [...packet.matchAll(/_ws\.[a-z.]+/g)].map(([name]) => name),
    fields,
  };
}

function attributeOf(attributes: string, name: string): string {
  return new RegExp(` ${name}="([^"]*)"`).exec(` ${attributes}`)?.[1] ?? '';
}
