/**
 * The numbers of G.722.
 *
 * Source: [doc] ITU-T G.722 (09/2012): the coefficients of the mirror filter, the quantizers and their
 * codes, the logarithms of the scale factors. Another implementation confirms them (test/interop).
 */

/** Every second coefficient of the 24 of the quadrature mirror filter; the others are these reversed. */
export const QMF = Int32Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);

/** Where the steps of the lower band's 6-bit quantizer begin, for a scale factor of 1 (Q12). */
export const LOW_DECISIONS = Int32Array.of(
  ...[0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650],
  ...[714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919],
);

/** The upper band's quantizer has two steps; the outer one begins here. */
export const HIGH_DECISION = 564;

/** What the 4-bit core of the lower band decodes to, from loud to quiet. */
const CORE_LEVELS = [20456, 12896, 8968, 6288, 4240, 2584, 1200];

/** By the upper 4 bits of the lower band's code. */
export const LOW_CORE_LEVELS = Int32Array.of(
  0,
  ...CORE_LEVELS.map((level) => -level),
  ...CORE_LEVELS,
  0,
);

const FULL_LEVELS = [
  ...[24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576],
  ...[6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728],
];

/** By all 6 bits of the lower band's code; the first four are never sent. */
export const LOW_LEVELS = Int32Array.of(
  ...[-136, -136, -136, -136],
  ...FULL_LEVELS.map((level) => -level),
  ...FULL_LEVELS,
  ...[432, 136, -432, -136],
);

export const HIGH_LEVELS = Int32Array.of(-7408, -1616, 7408, 1616);

/** How the logarithm of the scale factor moves, by the same codes. */
const LOW_STEPS = [-60, 3042, 1198, 538, 334, 172, 58, -30];
export const LOW_LOG_STEPS = Int32Array.of(...LOW_STEPS, ...LOW_STEPS.slice(1), -60);
export const HIGH_LOG_STEPS = Int32Array.of(798, -214, 798, -214);

/** The fraction of the logarithm of the scale factor, as a power of two (Q11). */
export const POWERS = Int32Array.from({ length: 32 }, (_, index) =>
  Math.round(2048 * 2 ** (index / 32)),
);
