export {
  MEDIA_GROUPS,
  type MediaIo,
  type MediaPath,
  type MediaSocket,
  type PacketHandler,
} from './media-io.ts';
export { isNativeBuilt, openMediaIo } from './open-media-io.ts';
