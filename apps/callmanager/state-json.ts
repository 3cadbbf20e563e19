/**
 * The rules' state as JSON text and back: for tools that explain, ask what if, or compare. Maps are
 * written as lists under a mark; there is no key in a state.
 */
import type { State } from '@conclave/core';

const MAP = '$map';

export function stateToJson(state: State): string {
  return JSON.stringify(state, (_, value: unknown) =>
    value instanceof Map ? { [MAP]: [...value] } : value,
  );
}

/** The state that `stateToJson` wrote. The text is trusted: it is our own. */
export function stateFromJson(text: string): State {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    const { [MAP]: map } = value as Record<string, unknown>;
    return Array.isArray(map) ? new Map(map as [unknown, unknown][]) : value;
  }) as State;
}
