export { type AdminAnswer, askAdmin } from './admin-socket.ts';
export { AlarmLimit } from './alarm-limit.ts';
export { callManagerCommand } from './command.ts';
export { Exchange } from './exchange.ts';
export { ENGLISH } from './locale/phrases.ts';
export type { CallManagerNews } from './news.ts';
export type * from './report.ts';
export { stateFromJson, stateToJson } from './state-json.ts';
export { type CallManager, type CallManagerOptions, startCallManager } from './wiring.ts';
