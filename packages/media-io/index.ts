export type { MediaIo, MediaPath, MediaSocket, PacketHandler } from './media-io.ts';
export { isNativeBuilt, openMediaIo } from './open-media-io.ts';
