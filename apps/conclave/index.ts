export { type RunningSystem, type StartOptions, startSystem } from './start.ts';
export { UnplayableError, WireDriver } from './wire/wire-driver.ts';
