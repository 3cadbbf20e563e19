export * from './cdr/record.ts';
export * from './configuration.ts';
export * from './effect.ts';
export * from './event.ts';
export * from './registration.ts';
export * from './security/level.ts';
export * from './security/phone-model.ts';
export * from './state.ts';
