export * from './alarm.ts';
export * from './alarm-catalogue.ts';
export * from './log.ts';
