/** Assertions: they state what we believe of our own code, never of what came off a wire. */

/** Throws when our own reasoning is wrong. `message` says what must hold, in the present tense. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Ends a `switch` over a discriminated union: the compiler proves that it is never reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}

/** A broken assumption of ours (an error of the third kind in STYLE): never caught to carry on. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}
