/**
 * Encodes and decodes SCCP messages by the table in `messages.ts`, in both directions: call manager,
 * phones and bridges use the same two functions. Knows no state and no call.
 *
 * The header's version word picks the layout on both ways. What we send can therefore be read by its
 * header alone, which is all that analysers have.
 *
 * A body longer than its layout is normal: newer peers append fields. A shorter one is an error
 * unless what is missing is a tail.
 */
import { fail, ok, type Result } from '@conclave/base';
import type { Frame } from './frame-reader.ts';
import { BASIC_VERSION, bodySizesOf, headerVersionOf, nameOfId, specOf } from './layout.ts';
import { type DecodeError, readBody } from './reader.ts';
import type { AnyMessage, BodyInput, Message, MessageName, MessageSpec } from './types.ts';
import { type Values, writeFrame } from './writer.ts';

/**
 * A whole frame. `negotiated` is the session's version, 3 to 22; the header says 0 where that is
 * what peers send (`headerVersionOf`). Fields that are left away are zero or empty. Tails are always
 * written: peers know a long message by its length alone.
 */
export function encodeMessage<N extends MessageName>(
  name: N,
  body: BodyInput<N>,
  negotiated: number,
): Uint8Array {
  return writeFrame(specOf(name), body as Values, headerVersionOf(name, negotiated));
}

/**
 * The message of a frame. An identifier that is not in the table gives `Unknown`, never an error.
 *
 * `negotiated` is the session's version, or 0 before there is one; see `layoutVersionOf`. On an error
 * the frame is unusable, the stream is not: the caller decides whether the connection goes on.
 */
export function decodeMessage(
  frame: Frame,
  negotiated: number = BASIC_VERSION,
): Result<AnyMessage, DecodeError> {
  const name = nameOfId(frame.messageId);
  if (name === undefined) {
    return ok({ name: 'Unknown', id: frame.messageId, payload: frame.payload });
  }
  const spec = specOf(name);
  const read = readBody(spec, frame.payload, layoutVersionOf(frame, spec, negotiated));
  if (!read.ok) return fail(read.error, `${name}: ${frame.payload.length} bytes`);
  return ok({ name, body: read.value } as unknown as Message);
}

/**
 * Which layout a frame has. A header that names a version wins over the negotiated one: the sender
 * laid out this very frame by it.
 *
 * A header of 0 normally means the basic layout, also after a higher version was negotiated. Senders
 * exist that leave the word 0 and use the negotiated layout, as servers read by the negotiated
 * version alone [inferred: a public driver's parsers; a capture of such a phone would show it]. The
 * two are told apart by length: only when the body has exactly a length of the negotiated layout
 * and none of the basic one is it read as negotiated.
 */
function layoutVersionOf(frame: Frame, spec: MessageSpec, negotiated: number): number {
  if (frame.version !== BASIC_VERSION || negotiated === BASIC_VERSION) return frame.version;
  const size = frame.payload.length;
  const isNegotiated = bodySizesOf(spec, negotiated).includes(size);
  return isNegotiated && !bodySizesOf(spec, BASIC_VERSION).includes(size)
    ? negotiated
    : BASIC_VERSION;
}
