export type { Collection } from './collection.ts';
export * from './configuration.ts';
export { type ParsedConfiguration, parseConfiguration } from './configuration-shape.ts';
export * from './fault.ts';
export * from './sample-configuration.ts';
export * from './service-parameters.ts';
export * from './store.ts';
export { BRIDGE_TYPES, faultsOf } from './validation.ts';
export * from './warnings.ts';
