/** What the call manager still waits for: answers of phones and bridges that are on their way. */
import type { Connection, State } from '@conclave/core';

/** A phrase for each answer that is due; empty when everything that was asked has been answered. */
export function awaitedAnswers(state: State): readonly string[] {
  return [
    ...[...state.conferences.values()].flatMap(({ id, state: now, participants }) => [
      ...(now === 'creating' ? [`conference ${id} to be created`] : []),
      ...participants
        .filter((each) => each.state !== 'present')
        .map((each) => `${each.device} ${each.state} in conference ${id}`),
    ]),
    ...[...state.connections.values()].flatMap(({ ends }) =>
      listeners(ends).flatMap(({ device, address }) =>
        address ? [] : [`the port of ${device}'s media`],
      ),
    ),
    ...[...state.legs.values()].flatMap(({ device, bargesLeaving = [] }) =>
      bargesLeaving.map(() => `the end of a barge on ${device}`),
    ),
  ];
}

/** Music only sends. */
function listeners(ends: Connection['ends']): Connection['ends'][number][] {
  return ends.filter(({ kind }) => kind !== 'music');
}
