/**
 * How many conferences a DSP module carries: by the module, the codecs that its profile enables, and
 * whether they are secure (BRG-08, BRG-11). The figures of the modules, for conferences of eight parties,
 * are [inferred] from memory: a data sheet of the vendor would confirm or refute them.
 */

export const CODECS = ['g711', 'g722', 'g729'] as const;

export type ModuleCodec = (typeof CODECS)[number];

/** Conferences at one time without security. A profile must plan for the heaviest of its codecs. */
const MODULES: Readonly<Record<string, Readonly<Record<ModuleCodec, number>>>> = {
  'pvdm2-8': { g711: 4, g722: 1, g729: 1 },
  'pvdm2-16': { g711: 8, g722: 2, g729: 2 },
  'pvdm2-32': { g711: 16, g722: 4, g729: 4 },
  'pvdm2-48': { g711: 24, g722: 6, g729: 6 },
  'pvdm2-64': { g711: 32, g722: 8, g729: 8 },
};

export const MODULE_NAMES: readonly string[] = Object.keys(MODULES);

/** Conferences of the module without security, by its heaviest codec; undefined: no such module. */
export function sessionsOf(module: string, codecs: readonly ModuleCodec[]): number | undefined {
  const sessions = MODULES[module];
  return sessions && Math.min(sessions.g711, ...codecs.map((codec) => sessions[codec]));
}

/** Conferences at one time: half of the module's when they are secure, rounded down (BRG-11). */
export function capacityOf(sessions: number, secure: boolean): number {
  return secure ? Math.floor(sessions / 2) : sessions;
}
