export * from './alarm.ts';
export * from './log.ts';
