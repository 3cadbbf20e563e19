/** YAML as a plain tree in which every value knows where it stands. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node as YamlNode,
} from 'yaml';

/** From 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Node = Place &
  (
    | { readonly kind: 'map'; readonly entries: readonly Entry[] }
    | { readonly kind: 'list'; readonly items: readonly Node[] }
    /** `text` is as it was written, so that a number keeps its zeros. */
    | { readonly kind: 'text'; readonly text: string; readonly value: string | number | boolean }
    | { readonly kind: 'nothing' }
  );

export interface Entry extends Place {
  readonly key: string;
  readonly value: Node;
}

/** Something wrong: where, under which key, and what is allowed. */
export interface Fault extends Place {
  readonly key: string;
  readonly rule: string;
}

const TWICE =
  'the same key is there twice; put all it says into one value, or, under expect, make a list';

/** Nodes beyond this are refused: no scenario is that long, and aliases can multiply. */
const NODES_MAX = 100_000;

/** Undefined, and faults, for what is no YAML. */
export function treeOf(text: string, faults: Fault[]): Node | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  for (const { pos, message } of document.errors) {
    const { line, col } = lines.linePos(pos[0]);
    const [first = message] = message.split('\n');
    const rule = first.replace(/ at line \d.*$/, '').replace(/^Map keys must be unique$/, TWICE);
    faults.push({ line, column: col, key: '', rule });
  }
  if (faults.length > 0) return undefined;
  const builder = new Builder(document, lines);
  const node = builder.node(document.contents, { line: 1, column: 1 });
  if (builder.count <= NODES_MAX) return node;
  faults.push({ line: 1, column: 1, key: '', rule: `has more than ${NODES_MAX} values` });
  return undefined;
}

/** Where the value under these keys stands, or as much of them as there is. */
export function placeIn(tree: Node, keys: readonly string[]): Place {
  const [key, ...rest] = keys;
  const entry = tree.kind === 'map' ? tree.entries.find((each) => each.key === key) : undefined;
  if (!entry) return tree;
  return rest.length === 0 ? entry : placeIn(entry.value, rest);
}

class Builder {
  count = 0;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  constructor(document: Document.Parsed, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  node(found: unknown, around: Place): Node {
    this.count += 1;
    if (this.count > NODES_MAX) return { kind: 'nothing', ...around };
    if (isAlias(found)) return this.node(found.resolve(this.#document), around);
    if (isMap(found)) {
      const here = this.#place(found, around);
      const entries = found.items.map(({ key, value }) => {
        const at = this.#place(key as YamlNode, here);
        const name = isScalar(key) ? (key.source ?? String(key.value)) : '';
        return { ...at, key: name, value: this.node(value, at) };
      });
      return { kind: 'map', ...here, entries };
    }
    if (isSeq(found)) {
      const here = this.#place(found, around);
      return { kind: 'list', ...here, items: found.items.map((each) => this.node(each, here)) };
    }
    if (isScalar(found)) {
      const here = this.#place(found, around);
      const { value, source } = found;
      if (typeof value === 'string') return { kind: 'text', ...here, text: value, value };
      if (typeof value === 'number' || typeof value === 'boolean') {
        return { kind: 'text', ...here, text: source ?? String(value), value };
      }
    }
    return { kind: 'nothing', ...around };
  }

  #place(node: YamlNode | null, around: Place): Place {
    const start = node?.range?.[0];
    if (start === undefined) return around;
    const { line, col } = this.#lines.linePos(start);
    return { line, column: col };
  }
}
