export { isNativeBuilt } from '@conclave/media-io';
export {
  Bridge,
  type BridgeEvent,
  type BridgeOptions,
  type BridgeStatus,
  startBridge,
} from './bridge.ts';
export { bridgeCommand } from './command.ts';
export type { LegStatistics } from './leg-statistics.ts';
export type { ConferenceStatus, LegStatus } from './media-plane.ts';
export { capacityOf } from './module-capacity.ts';
export type { StreamKind } from './participant-leg.ts';
