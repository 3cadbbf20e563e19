/** Reads a scenario file. A fault names the file, the line, the key, and what is allowed. */
import type { Parameters } from '@conclave/core';
import type { Expectation, Scenario, Step } from '../scenario.ts';
import { type ClusterSpec, clusterOf, clusterShapes } from './cluster-shape.ts';
import { expectationsSchema, readExpectations } from './expectations.ts';
import { type Names, namesOf } from './names.ts';
import { parameters } from './parameters.ts';
import { COMMA_HINT, fields, type JsonSchema, listOf, type Shape, text, wrong } from './shape.ts';
import { type Entry, type Fault, type Node, placeIn, treeOf } from './tree.ts';
import { deedOf } from './verbs.ts';

/** A file that is no scenario. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly code = 'SCENARIO_FILE';

  constructor(file: string, faults: readonly Fault[]) {
    const lines = faults.map(({ line, column, key, rule }) => {
      return `${file}:${line}:${column}: ${key === '' ? '' : `${key}: `}${rule}`;
    });
    super(lines.join('\n'));
  }
}

interface FileSpec extends ClusterSpec {
  readonly name: string;
  readonly about: string;
  readonly proves: readonly string[];
  readonly steps: Node;
}

/** Steps of one scenario; a longer one is a program. */
const STEPS_MAX = 1_000;

/** Steps are read once it is known whom they can speak of. */
const laterOn: Shape<Node> = {
  allowed: 'a list of steps',
  schema: {
    type: 'array',
    items: {
      type: 'object',
      minProperties: 1,
      properties: {
        expect: expectationsSchema,
        note: { type: 'string' },
        wait: { type: ['string', 'number'], pattern: '^\\d+(?: ?[a-z]+)?$' },
        set: parameters.schema,
        all: { const: 'hang up' },
      },
      patternProperties: {
        "^(?!(?:expect|note|wait|set|all)$)[A-Za-z][\\w', -]*$": { type: 'string' },
      },
      additionalProperties: false,
    },
  },
  read: (node) => node,
};

const FILE = fields<FileSpec>({
  name: text(),
  about: text(),
  proves: listOf(text('a ledger id such as SEC-05')),
  ...clusterShapes,
  steps: laterOn,
});

export const SCENARIO_SCHEMA: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Conclave scenario',
  ...FILE.schema,
  required: ['phones', 'steps'],
};

/** Throws `ScenarioError` with every fault that was found. `file` is for its message. */
export function readScenario(source: string, file: string): Scenario {
  const faults: Fault[] = [];
  const tree = treeOf(source, faults);
  const spec = tree && FILE.read(tree, '', faults);
  if (!tree || !spec) throw new ScenarioError(file, faults);
  for (const key of ['phones', 'steps'] as const) {
    const given = tree.kind === 'map' && tree.entries.some((entry) => entry.key === key);
    if (!given) wrong(tree, key, 'is missing', faults);
  }
  const cluster = clusterOf(spec, (...keys) => placeIn(tree, keys), faults);
  const musics = cluster.musics.map((each) => each.name);
  const names = namesOf(cluster.configuration, musics);
  const steps = spec.steps ? readSteps(spec.steps, names, faults) : [];
  if (faults.length > 0) throw new ScenarioError(file, faults);
  return { name: spec.name ?? file, proves: spec.proves ?? [], cluster, steps };
}

/** Steps alone, for a cluster that is there already. */
export function readStepsOf(source: string, file: string, names: Names): readonly Step[] {
  const faults: Fault[] = [];
  const tree = treeOf(source, faults);
  const list = tree?.kind === 'map' ? tree.entries.find(({ key }) => key === 'steps')?.value : tree;
  const steps = list ? readSteps(list, names, faults) : [];
  if (faults.length > 0) throw new ScenarioError(file, faults);
  return steps;
}

function readSteps(node: Node, names: Names, faults: Fault[]): readonly Step[] {
  if (node.kind !== 'list') {
    wrong(node, 'steps', 'must be a list: each step on a line that begins with a hyphen', faults);
    return [];
  }
  if (node.items.length > STEPS_MAX) {
    wrong(node, 'steps', `must be at most ${STEPS_MAX}`, faults);
    return [];
  }
  const steps: Step[] = [{ line: node.line, text: 'start', expect: [] }];
  for (const [index, item] of node.items.entries()) {
    const step = readStep(item, `steps[${index + 1}]`, names, faults);
    const last = steps.at(-1);
    if (!step || !last) continue;
    // What is expected by itself belongs to the step before.
    if (step.deed) steps.push(step);
    else steps.splice(-1, 1, { ...last, expect: [...last.expect, ...step.expect] });
  }
  return steps;
}

const STEP_ALLOWED =
  'must be NAME: what it does, such as `A: call B`; or wait, set, expect; with expect and note';

function readStep(node: Node, at: string, names: Names, faults: Fault[]): Step | undefined {
  if (node.kind !== 'map') return wrong(node, at, STEP_ALLOWED, faults);
  let expect: readonly Expectation[] = [];
  const deeds: Pick<Step, 'line' | 'text' | 'deed'>[] = [];
  for (const entry of node.entries) {
    const { key, value } = entry;
    if (key === 'note') continue;
    if (key === 'expect') {
      expect = [...expect, ...readExpectations(value, `${at}.expect`, { names, faults })];
      continue;
    }
    const deed = readDeed(entry, `${at}.${key}`, names, faults);
    if (deed) deeds.push(deed);
  }
  const [first, second] = deeds;
  if (second) return wrong(node, at, 'must be one thing; make two steps', faults);
  return { line: node.line, text: first?.text ?? 'expect', ...first, expect };
}

function readDeed(
  entry: Entry,
  at: string,
  names: Names,
  faults: Fault[],
): Pick<Step, 'line' | 'text' | 'deed'> | undefined {
  const { key, value, line } = entry;
  if (key === 'wait') return readWait(entry, at, faults);
  if (key === 'all') {
    const said = value.kind === 'text' ? value.text : '';
    if (/^hang[ -]up$/i.test(said)) return { line, text: 'all: hang up', deed: { type: 'clear' } };
    return wrong(value, at, 'can only be `hang up`', faults);
  }
  if (key === 'set') {
    const found: Partial<Parameters> | undefined = parameters.read(value, at, faults);
    if (!found) return undefined;
    const said = Object.entries(found).map(([name, to]) => `${name} ${String(to)}`);
    return {
      line,
      text: `set: ${said.join(', ')}`,
      deed: { type: 'configure', parameters: found },
    };
  }
  const actors = key.split(/ *, */);
  if (actors.length > 1) {
    const deeds = actors.flatMap((actor) => {
      return readDeed({ ...entry, key: actor }, at, names, faults)?.deed ?? [];
    });
    const said = value.kind === 'text' ? value.text : '';
    return { line, text: `${key}: ${said}`, deed: { type: 'several', deeds } };
  }
  const devices = [...names.phones, ...names.bridges, ...names.musics];
  const hint = value.kind === 'nothing' ? COMMA_HINT : '';
  if (!devices.includes(key)) {
    const there = devices.join(', ');
    return wrong(entry, at, `there is no ${key} (${there})${hint}; a step ${STEP_ALLOWED}`, faults);
  }
  if (value.kind !== 'text') return wrong(value, at, `must say what ${key} does${hint}`, faults);
  const deed = deedOf(value.text, key, names);
  if (typeof deed === 'string') return wrong(value, at, deed, faults);
  return { line, text: `${key}: ${value.text}`, deed };
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  second: 1_000,
  seconds: 1_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
};

/** A year: longer than any timer. */
const WAIT_MAX_MS = 366 * 24 * 3_600_000;

function readWait(
  { value, line }: Entry,
  at: string,
  faults: Fault[],
): Pick<Step, 'line' | 'text' | 'deed'> | undefined {
  const said = value.kind === 'text' ? value.text : '';
  const [, count = '', unit = 's'] = /^(\d{1,9})(?: ?([a-z]+))?$/.exec(said) ?? [];
  const milliseconds = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (count === '' || !(milliseconds <= WAIT_MAX_MS)) {
    return wrong(value, at, 'must be a time such as 30 s, 2 minutes or 1 hour', faults);
  }
  return { line, text: `wait: ${said}`, deed: { type: 'wait', milliseconds } };
}
