/**
 * The rules' state as JSON text and back: for tools that explain, ask what if, or compare. Maps and
 * sets are written as lists under a mark; there is no key in a state.
 */
import type { State } from '@conclave/core';

const MAP = '$map';
const SET = '$set';

export function stateToJson(state: State): string {
  return JSON.stringify(state, (_, value: unknown) => {
    if (value instanceof Map) return { [MAP]: [...value] };
    return value instanceof Set ? { [SET]: [...value] } : value;
  });
}

/** The state that `stateToJson` wrote. The text is trusted: it is our own. */
export function stateFromJson(text: string): State {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const { [MAP]: map, [SET]: set } = value as Record<string, unknown>;
    if (Array.isArray(map)) return new Map(map as [unknown, unknown][]);
    return Array.isArray(set) ? new Set(set) : value;
  }) as State;
}
