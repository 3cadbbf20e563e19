export * from './cluster.ts';
export * from './driver.ts';
export * from './scenario.ts';
export * from './snapshot.ts';
export * from './trace.ts';
