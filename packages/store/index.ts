export * from './configuration.ts';
export * from './sample-configuration.ts';
export * from './service-parameters.ts';
export * from './store.ts';
export * from './validation.ts';
