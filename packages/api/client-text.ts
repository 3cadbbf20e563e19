/**
 * The types of the client (`packages/client/operations.ts`), made of the OpenAPI document: for each
 * operation what it takes and gives. Objects that several operations have are named by their path.
 */

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
}

interface Body {
  readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
}

interface Operation {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: Schema;
  }[];
  readonly requestBody?: Body;
  readonly responses?: Readonly<Record<string, Body>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const PREFIX = '/api/v1';
const LINE_MAX = 100;

const HEADER = `/**
 * What each operation of the API takes and gives. Made of its OpenAPI document by
 * \`packages/api/write-openapi.ts\`, and not written by hand.
 */
`;

export function clientText({ paths }: Document): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path.replace(PREFIX, '')}`,
      operation,
    })),
  );
  const names = namesOf(paths);
  const types = [...names].map(([json, name]) => {
    const text = objectText(JSON.parse(json) as Schema, new Map(), 0);
    return `export interface ${name} ${text}\n`;
  });
  const entries = operations.map(({ name, operation }) => operationText(name, operation, names));
  return `${HEADER}\n${types.join('\n')}\nexport interface Operations {\n${entries.join('')}}\n`;
}

/** The objects that stand at a path by themselves, by their schemas. */
function namesOf(paths: Document['paths']): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const [path, { get }] of Object.entries(paths)) {
    const [, plural] = /^\/api\/v1\/(\w+)s\/\{\w+\}$/.exec(path) ?? [];
    const schema = get && resultOf(get);
    if (plural === undefined || schema?.type !== 'object') continue;
    names.set(JSON.stringify(schema), plural.charAt(0).toUpperCase() + plural.slice(1));
  }
  return names;
}

function operationText(
  name: string,
  operation: Operation,
  names: ReadonlyMap<string, string>,
): string {
  const part = (place: string): readonly string[] => {
    const own = operation.parameters?.filter((each) => each.in === place) ?? [];
    if (own.length === 0) return [];
    const fields = own.map(
      (each) =>
        `readonly ${each.name}${each.required ? '' : '?'}: ${typeText(each.schema, names, 2)}`,
    );
    return [`readonly ${place}${place === 'path' ? '' : '?'}: { ${fields.join('; ')} }`];
  };
  const body = schemaOf(operation.requestBody);
  const members = [
    ...part('path'),
    ...part('query'),
    ...(body ? [`readonly body: ${typeText(body, names, 2)}`] : []),
    `readonly result: ${typeText(resultOf(operation), names, 2)}`,
  ];
  const line = `  readonly '${name}': { ${members.join('; ')} };\n`;
  if (line.length <= LINE_MAX + 1 && !line.trimEnd().includes('\n')) return line;
  return `  readonly '${name}': {\n${members.map((each) => `    ${each};\n`).join('')}  };\n`;
}

function resultOf({ responses = {} }: Operation): Schema | undefined {
  const done = Object.entries(responses).find(([status]) => status.startsWith('2'));
  if (done?.[0] === '204') return { type: 'null' };
  return schemaOf(done?.[1]);
}

function schemaOf(body: Body | undefined): Schema | undefined {
  return Object.values(body?.content ?? {})[0]?.schema;
}

/** What the document does not say is unknown. */
function typeText(
  schema: Schema | undefined,
  names: ReadonlyMap<string, string>,
  depth: number,
): string {
  if (!schema) return 'unknown';
  const named = names.get(JSON.stringify(schema));
  if (named !== undefined) return named;
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  if (schema.anyOf) return schema.anyOf.map((each) => typeText(each, names, depth)).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'null':
      return 'undefined';
    case 'array': {
      const item = typeText(schema.items, names, depth);
      return / \| /.test(item) && !/^[{A-Z]/.test(item)
        ? `readonly (${item})[]`
        : `readonly ${item}[]`;
    }
    case 'object':
      return objectText(schema, names, depth);
    default:
      return 'unknown';
  }
}

function objectText(schema: Schema, names: ReadonlyMap<string, string>, depth: number): string {
  const { properties, required = [], additionalProperties } = schema;
  if (!properties) {
    const values = typeof additionalProperties === 'object' ? additionalProperties : undefined;
    return `Readonly<Record<string, ${typeText(values, names, depth)}>>`;
  }
  const indent = '  '.repeat(depth + 1);
  const fields = Object.entries(properties).map(([name, each]) => {
    const start = `${indent}readonly ${name}${required.includes(name) ? '' : '?'}:`;
    return `${start} ${typeText(each, names, depth + 1)};\n`;
  });
  return `{\n${fields.join('')}${'  '.repeat(depth)}}`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value);
}
