export { musicCommand } from './command.ts';
export { melody } from './melody.ts';
export {
  type MusicEvent,
  MusicServer,
  type MusicServerOptions,
  type MusicStatus,
  startMusicServer,
} from './music-server.ts';
