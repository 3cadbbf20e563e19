/*
 * Goal: nothing that can be configured is missing from the pages, and everything has words. Method: what the API's
 * document says of each kind is compared with its plan and with the English texts.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Schema } from '../api/schema.ts';
import { KIND_PLANS, type KindField } from './kind-plans.ts';

const { paths } = JSON.parse(
  readFileSync(new URL('../../../docs/reference/openapi.json', import.meta.url), 'utf8'),
);
const texts = JSON.parse(readFileSync(new URL('./en.json', import.meta.url), 'utf8'));

/** Those whose objects are named by key, and are changed as a whole. */
const kinds = Object.keys(paths).flatMap(
  (path) => /^\/api\/v1\/(\w+)\/\{key\}$/.exec(path)?.slice(1) ?? [],
);

test('every kind of object has its pages', () => {
  const objects = kinds.filter((kind) => paths[`/api/v1/${kind}`].post);
  expect(objects.length).toBeGreaterThan(10);
  expect(KIND_PLANS.map(({ kind }) => String(kind)).sort()).toEqual(objects.sort());
});

test.each(KIND_PLANS.map((plan) => [plan.kind, plan] as const))(
  '%s: every field of the schema is in the form, with a label; and no other',
  (kind, plan) => {
    const { schema } = paths[`/api/v1/${kind}`].post.requestBody.content['application/json'];
    expect(plan.fields.map(({ name }) => name).sort()).toEqual(
      Object.keys(schema.properties).sort(),
    );
    const unnamed = namesIn(plan.fields, schema).filter(
      (path) => !(texts[kind].fields?.[path] ?? texts.any.fields[path]),
    );
    expect(unnamed).toEqual([]);
    for (const column of plan.columns) expect(Object.keys(schema.properties)).toContain(column);
    for (const word of ['title', 'find', 'edit']) expect(texts[kind][word]).toBeTruthy();
  },
);

/** Paths of the fields and of the fields in them. */
function namesIn(fields: readonly KindField[], schema: Schema): readonly string[] {
  return fields.flatMap(({ name, fields: inner }) => {
    const field = schema.properties?.[name];
    const own = field?.type === 'array' ? field.items : field;
    const names = inner?.map((each) => each.name) ?? Object.keys(own?.properties ?? {});
    return [name, ...names.map((each) => `${name}.${each}`)];
  });
}
