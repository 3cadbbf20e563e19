export { phoneCommand } from './command.ts';
export {
  Phone,
  PhoneError,
  type PhoneEvents,
  type PhoneOptions,
  type SecurityMode,
  WAIT_MS,
} from './phone.ts';
