/**
 * Files of captures, one a day, never in clear on the disk (CAP-04): chunks of AES-256-GCM under a key of the
 * day, which is itself sealed with a key of the key store. Names are CUCM's, `mm-dd-yyyy.pkt`, days are UTC's;
 * beside each the keys of the media that was agreed on, sealed in the same way.
 *
 *   length of what follows, four octets · nonce, 12 · text · tag, 16
 *
 * A chunk is bound to its file and its place: none can be left out, moved or swapped but at the end.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const CIPHER = 'aes-256-gcm';
const KEY_SIZE = 32;
const NONCE_SIZE = 12;
const TAG_SIZE = 16;
const OWNER_ONLY = 0o600;

/** After so many days a file is of no use to anybody any more. */
const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

/** `packets`: a capture. `keys`: what its media was protected with. */
export type Part = 'packets' | 'keys';

const ENDING: Readonly<Record<Part, string>> = { packets: '', keys: '.keys' };
const SEALED_KEY = '.sealed';
const NAME = /^(\d\d)-(\d\d)-(\d{4})\.pkt$/;

export interface CaptureFile {
  readonly file: string;
  /** As it is on the disk. */
  readonly sizeBytes: number;
}

interface Place {
  readonly chunks: number;
  readonly sizeBytes: number;
}

export class SealedFiles {
  readonly #directory: string;
  readonly #masterKey: Uint8Array;
  readonly #places = new Map<string, Place>();

  /** `keyFile` is made where it is missing. Throws an Error with a `code` when the disk does not let it. */
  constructor(directory: string, keyFile: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.#masterKey = masterKeyOf(keyFile);
  }

  /** Not two at a time. Rejects with an Error that has a `code` when the disk does not take it. */
  async append(part: Part, text: Uint8Array, nowMs: number): Promise<void> {
    const name = fileNameOf(nowMs);
    const key = await this.#dailyKey(name, true);
    if (!key) throw new Error(`the key of ${name} cannot be read`);
    const path = this.#path(name, part);
    const place = this.#places.get(path) ?? placeOf(await contentOf(path));
    const sealed = seal(key, text, contextOf(name, part, place.chunks));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(sealed.length);
    const bytes = Buffer.concat([length, sealed]);
    this.#places.clear();
    const file = await open(path, 'a', OWNER_ONLY);
    try {
      // What a full disk or a crash cut off is no chunk.
      await file.truncate(place.sizeBytes);
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    const sizeBytes = place.sizeBytes + bytes.length;
    this.#places.set(path, { chunks: place.chunks + 1, sizeBytes });
  }

  /** In clear, for who may. Undefined: there is no such file, or its key is gone. */
  async read(name: string, part: Part): Promise<Uint8Array | undefined> {
    if (!NAME.test(name)) return undefined;
    const key = await this.#dailyKey(name, false);
    const content = await contentOf(this.#path(name, part));
    if (!key || !content) return undefined;
    const texts: Uint8Array[] = [];
    for (const chunk of chunksOf(content)) {
      const text = unseal(key, chunk, contextOf(name, part, texts.length));
      if (!text) break;
      texts.push(text);
    }
    key.fill(0);
    return Buffer.concat(texts);
  }

  /** The latest first. */
  async list(): Promise<readonly CaptureFile[]> {
    const names = (await readdir(this.#directory)).filter((each) => NAME.test(each));
    const files = names.map(async (file) => ({
      file,
      sizeBytes: (await stat(join(this.#directory, file))).size,
    }));
    return (await Promise.all(files)).toSorted((a, b) => dayOf(b.file) - dayOf(a.file));
  }

  async sizeBytes(nowMs: number): Promise<number> {
    const name = fileNameOf(nowMs);
    return (await this.list()).find(({ file }) => file === name)?.sizeBytes ?? 0;
  }

  /** Takes away what is too old, its key first: without it the rest is noise. */
  async expire(nowMs: number): Promise<void> {
    const oldest = dayOf(fileNameOf(nowMs)) - KEPT_DAYS * DAY_MS;
    for (const each of await readdir(this.#directory)) {
      const name = each.replace(/\.(keys|sealed)$/, '');
      if (!NAME.test(name) || dayOf(name) > oldest) continue;
      const path = join(this.#directory, name);
      for (const ending of [SEALED_KEY, ENDING.keys, ENDING.packets]) {
        await rm(path + ending, { force: true });
      }
    }
  }

  async #dailyKey(name: string, isMade: boolean): Promise<Buffer | undefined> {
    const path = join(this.#directory, name + SEALED_KEY);
    const sealed = await contentOf(path);
    if (sealed) return unseal(this.#masterKey, sealed, name);
    if (!isMade) return undefined;
    const key = randomBytes(KEY_SIZE);
    await writeFile(path, seal(this.#masterKey, key, name), { mode: OWNER_ONLY, flag: 'wx' });
    return key;
  }

  #path(name: string, part: Part): string {
    return join(this.#directory, name + ENDING[part]);
  }
}

export function fileNameOf(nowMs: number): string {
  const [year, month, day] = new Date(nowMs).toISOString().slice(0, 10).split('-');
  return `${month}-${day}-${year}.pkt`;
}

function dayOf(name: string): number {
  const [, month, day, year] = NAME.exec(name) ?? [];
  return Date.parse(`${year}-${month}-${day}`);
}

function masterKeyOf(path: string): Uint8Array {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, randomBytes(KEY_SIZE), { mode: OWNER_ONLY, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(path);
}

function contextOf(name: string, part: Part, chunk: number): string {
  return `${name} ${part} ${chunk}`;
}

function seal(key: Uint8Array, text: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE_SIZE);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | undefined {
  if (sealed.length < NONCE_SIZE + TAG_SIZE) return undefined;
  const decipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_SIZE));
  decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(-TAG_SIZE));
  try {
    const text = decipher.update(sealed.subarray(NONCE_SIZE, -TAG_SIZE));
    return Buffer.concat([text, decipher.final()]);
  } catch {
    return undefined;
  }
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function* chunksOf(content: Buffer): Iterable<Buffer> {
  let at = 0;
  while (at + 4 <= content.length) {
    const end = at + 4 + content.readUInt32BE(at);
    if (end > content.length) return;
    yield content.subarray(at + 4, end);
    at = end;
  }
}

function placeOf(content: Buffer | undefined): Place {
  const chunks = [...chunksOf(content ?? Buffer.alloc(0))];
  return {
    chunks: chunks.length,
    sizeBytes: chunks.reduce((size, chunk) => size + 4 + chunk.length, 0),
  };
}
