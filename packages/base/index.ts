export { AssertionError, assert, unreachable } from './assert.ts';
export { fail, ok, type Result } from './result.ts';
