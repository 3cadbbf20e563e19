/** The types of message bodies, derived from the table so that they cannot disagree with it. */
import type { MESSAGES } from './messages.ts';
import type { STRUCTS } from './structs.ts';

export type MessageTable = typeof MESSAGES;

export type MessageName = keyof MessageTable;

export type StructTable = typeof STRUCTS;

export type StructName = keyof StructTable;

/** Options of a field: version bounds, optional tail. */
export interface FieldOptions {
  readonly since?: number;
  readonly until?: number;
  readonly tail?: true;
}

export interface ListShape {
  /** Field that counts the entries; absent when all `max` count. */
  readonly count?: string;
  readonly max: number;
  readonly of: NumberType | StructName | FieldList;
}

export interface SizedShape {
  readonly length: string;
  readonly max: number;
}

export type NumberType = 'u8' | 'u16' | 'u32' | 'i32';

export type Field =
  | readonly [
      name: string,
      type: NumberType | 'dirnum' | 'rest' | 'ipv4' | 'address',
      options?: FieldOptions,
    ]
  | readonly [name: string, type: 'text' | 'bytes', size: number, options?: FieldOptions]
  | readonly [name: string, type: 'sized' | 'blob', shape: SizedShape, options?: FieldOptions]
  | readonly [name: string, type: 'struct', fields: StructName | FieldList, options?: FieldOptions]
  | readonly [name: string, type: 'list', shape: ListShape, options?: FieldOptions];

export type FieldList = readonly Field[];

export interface MessageSpec {
  readonly id: number;
  readonly from: 'device' | 'server' | 'bridge-or-server';
  readonly dynamic?: true;
  readonly fields: StructName | FieldList;
}

type ValueOf<F> = F extends readonly [string, infer T, ...infer Rest]
  ? T extends NumberType
    ? number
    : T extends 'text' | 'dirnum' | 'blob' | 'ipv4' | 'address'
      ? string
      : T extends 'bytes' | 'sized' | 'rest'
        ? Uint8Array
        : T extends 'struct'
          ? Rest extends readonly [infer S, ...unknown[]]
            ? StructOf<S>
            : never
          : T extends 'list'
            ? Rest extends readonly [{ readonly of: infer E }, ...unknown[]]
              ? readonly (E extends NumberType ? number : StructOf<E>)[]
              : never
            : never
  : never;

type IsTail<F> = F extends readonly [...unknown[], { readonly tail: true }] ? true : false;

/** Decoded fields: those of a tail may be absent, all others are there. */
type StructOf<S> = S extends StructName
  ? FieldsOf<StructTable[S]>
  : S extends readonly unknown[]
    ? FieldsOf<S>
    : never;

type FieldsOf<S extends readonly unknown[]> = {
  readonly [F in S[number] as IsTail<F> extends true ? never : NameOf<F>]: ValueOf<F>;
} & {
  readonly [F in S[number] as IsTail<F> extends true ? NameOf<F> : never]?: ValueOf<F>;
};

type NameOf<F> = F extends readonly [infer N extends string, ...unknown[]] ? N : never;

/** What a message carries once decoded. */
export type Body<N extends MessageName> = StructOf<MessageTable[N]['fields']>;

type Loose<T> = T extends Uint8Array | string | number
  ? T
  : T extends readonly (infer E)[]
    ? readonly Loose<E>[]
    : { readonly [K in keyof T]?: Loose<T[K]> };

/** What a message is encoded from: everything may be left away and is then zero or empty. */
export type BodyInput<N extends MessageName> = Loose<Body<N>>;

/** A decoded message; `switch (message.name)` narrows its body. */
export type Message<N extends MessageName = MessageName> = {
  [K in N]: { readonly name: K; readonly body: Body<K> };
}[N];

/** A message whose identifier is not in the table: newer peers send such. */
export interface UnknownMessage {
  readonly name: 'Unknown';
  readonly id: number;
  readonly payload: Uint8Array;
}

export type AnyMessage = Message | UnknownMessage;
