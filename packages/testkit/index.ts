export * from './core-world.ts';
