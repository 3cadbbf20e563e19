export { type AdminAnswer, askAdmin } from './admin-socket.ts';
export { callManagerCommand } from './command.ts';
export type { CallManagerNews } from './news.ts';
export type * from './report.ts';
export { stateFromJson, stateToJson } from './state-json.ts';
export { type CallManager, type CallManagerOptions, startCallManager } from './wiring.ts';
