/** As much of JSON Schema as the scenario schema uses; any other keyword is an error. */

type Schema = { readonly [key: string]: unknown };

const KNOWN = new Set(
  (
    '$schema title type enum const pattern minimum maximum minProperties items properties ' +
    'patternProperties additionalProperties required anyOf'
  ).split(' '),
);

export function accepts(schema: Schema, value: unknown): boolean {
  const strange = Object.keys(schema).filter((key) => !KNOWN.has(key));
  if (strange.length > 0) throw new Error(`unknown keywords ${strange.join(', ')}`);
  const { type, anyOf, pattern } = schema;
  const types = type === undefined ? [] : [type].flat();
  return (
    (types.length === 0 || types.some((each) => isOf(each, value))) &&
    (!Array.isArray(schema.enum) || schema.enum.includes(value)) &&
    (!('const' in schema) || schema.const === value) &&
    (!Array.isArray(anyOf) || anyOf.some((each) => accepts(each as Schema, value))) &&
    (typeof pattern !== 'string' || typeof value !== 'string' || matches(pattern, value)) &&
    (typeof value !== 'number' || inRange(schema, value)) &&
    (!Array.isArray(value) || itemsFit(schema, value)) &&
    (!isObject(value) || fieldsFit(schema, value))
  );
}

function isOf(type: unknown, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'null') return value === null;
  return typeof value === type;
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function matches(pattern: string, value: string): boolean {
  return new RegExp(pattern, 'u').test(value);
}

function inRange({ minimum, maximum }: Schema, value: number): boolean {
  const above = typeof minimum !== 'number' || value >= minimum;
  return above && (typeof maximum !== 'number' || value <= maximum);
}

function itemsFit({ items }: Schema, value: readonly unknown[]): boolean {
  return items === undefined || value.every((each) => accepts(items as Schema, each));
}

function fieldsFit(schema: Schema, value: Schema): boolean {
  const { required, minProperties } = schema;
  const properties = (schema.properties ?? {}) as Record<string, Schema>;
  const patterns = Object.entries((schema.patternProperties ?? {}) as Record<string, Schema>);
  if (Array.isArray(required) && required.some((key) => !Object.hasOwn(value, key))) return false;
  if (typeof minProperties === 'number' && Object.keys(value).length < minProperties) return false;
  return Object.entries(value).every(([key, each]) => {
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const fitting = patterns.filter(([pattern]) => matches(pattern, key)).map(([, of]) => of);
    const all = own ? [own, ...fitting] : fitting;
    if (all.length === 0) return schema.additionalProperties !== false;
    return all.every((of) => accepts(of, each));
  });
}
