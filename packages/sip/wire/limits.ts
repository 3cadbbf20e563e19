/** What a peer may send at most. Past a limit a message is malformed, and a stream ends. */

/** Start line and header fields. Usual ones have 1 to 3 kB; UDP cannot carry more. */
export const HEADER_BYTES_MAX: number = 64 * 1024;

/** Larger than any conference roster or list of devices. */
export const BODY_BYTES_MAX: number = 256 * 1024;

/** Fields of one message: a request that passed 70 proxies has some 150. */
export const HEADER_FIELDS_MAX = 256;
