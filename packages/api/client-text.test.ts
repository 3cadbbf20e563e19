import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clientText, type Document } from './client-text.ts';
import { openApiText } from './openapi-text.ts';

test('the types of the client are what the document says; if not, write-openapi.ts makes it so', async () => {
  const file = new URL('../client/operations.ts', import.meta.url);
  const text = clientText(JSON.parse(await openApiText()) as Document);
  expect(bare(readFileSync(file, 'utf8'))).toBe(bare(text));
});

test('each shape of a schema has its type', () => {
  const schema = {
    type: 'object',
    required: ['a', 'b'],
    properties: {
      a: { enum: ['x', 1] },
      b: { type: 'array', items: { anyOf: [{ type: 'string' }, { const: true }] } },
      c: { type: 'object', additionalProperties: { type: 'integer' } },
      d: {},
    },
  };
  const content = { 'application/json': { schema } };
  const text = clientText({
    paths: {
      '/api/v1/things/{id}': {
        get: {
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'integer' } }],
          responses: { 200: { content }, 404: {} },
        },
        delete: { responses: { 204: {} } },
      },
      '/api/v1/things': {
        post: {
          parameters: [{ name: 'dry', in: 'query', schema: { type: 'boolean' } }],
          requestBody: { content },
          responses: { 201: { content } },
        },
      },
    },
  });
  expect(bare(text)).toContain(
    bare(`export interface Thing {
      readonly a: 'x' | 1;
      readonly b: readonly (string | true)[];
      readonly c?: Readonly<Record<string, number>>;
      readonly d?: unknown;
    }
    export interface Operations {
      readonly 'GET /things/{id}': { readonly path: { readonly id: number }; readonly result: Thing };
      readonly 'DELETE /things/{id}': { readonly result: undefined };
      readonly 'POST /things': {
        readonly query?: { readonly dry?: boolean };
        readonly body: Thing;
        readonly result: Thing;
      };
    }`),
  );
});

/** However it is laid out. */
function bare(text: string): string {
  return text
    .replace(/\s+/g, '')
    .replace(/([:(])\|/g, '$1')
    .replaceAll(';}', '}');
}
