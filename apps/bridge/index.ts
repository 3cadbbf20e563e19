export {
  Bridge,
  type BridgeOptions,
  type BridgeStatus,
  capacityOf,
  type LegStatus,
} from './bridge.ts';
export { bridgeCommand } from './command.ts';
