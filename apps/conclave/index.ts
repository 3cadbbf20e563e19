export { type RunningSystem, type StartOptions, startSystem } from './start.ts';
