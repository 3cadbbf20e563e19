/** The API's own schemas, out of its document: forms are made of them, so they are never behind. */
import { useQuery } from '@tanstack/react-query';
import { get } from './request.ts';

/** What of JSON Schema the API uses. */
export interface Schema {
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          { readonly requestBody?: { readonly content: Readonly<Record<string, Content>> } }
        >
      >
    >
  >;
}

interface Content {
  readonly schema: Schema;
}

/** Of what is sent there by `method`; undefined until the document is here. */
export function useSchema(path: string, method: 'post' | 'put' = 'post'): Schema | undefined {
  const { data } = useQuery({
    queryKey: ['/openapi.json'],
    queryFn: () => get<Document>('/openapi.json'),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data?.paths[`/api/v1${path}`]?.[method]?.requestBody?.content['application/json']?.schema;
}
