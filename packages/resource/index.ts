export * from './announcement-files.ts';
export * from './command-line.ts';
export * from './failure-text.ts';
export * from './process-end.ts';
export * from './registration-keeper.ts';
export * from './resource-link.ts';
