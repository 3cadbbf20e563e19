export * from './machine/bridge-answers.ts';
export * from './machine/bridge-commands.ts';
export * from './machine/bridge-session.ts';
export * from './machine/client-session.ts';
export * from './machine/conference-list-screen.ts';
export * from './machine/music-session.ts';
export * from './machine/phone-models.ts';
export * from './machine/phone-screen.ts';
export { renderPhoneText } from './machine/phone-text.ts';
export {
  deadlineOf,
  type LinkOutput,
  type ResourceInput,
  type ResourceSession,
} from './machine/resource-session.ts';
export * from './machine/server-session.ts';
export * from './wire/announcements.ts';
export * from './wire/codec.ts';
export * from './wire/display-codes.ts';
export * from './wire/dtmf-tone.ts';
export * from './wire/enumerations.ts';
export * from './wire/frame-reader.ts';
export { headerVersionOf, specOf } from './wire/layout.ts';
export * from './wire/messages.ts';
export type { DecodeError } from './wire/reader.ts';
export * from './wire/softkey-templates.ts';
export * from './wire/structs.ts';
export * from './wire/text.ts';
export * from './wire/types.ts';
