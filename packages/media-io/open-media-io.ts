/** Which way media goes on this machine. */
import type { MediaIo, MediaPath } from './media-io.ts';
import { NativeMediaIo } from './native-media-io.ts';
import { isNativeBuilt, loadNativeModule } from './native-module.ts';
import { PortableMediaIo } from './portable-media-io.ts';

export { isNativeBuilt };

/** `CONCLAVE_MEDIA=portable` leaves the native part alone, for comparison or in case of doubt. */
const WISH = 'CONCLAVE_MEDIA';

/** Made once for each thread. The native way if it was built and is not unwanted. */
export function openMediaIo(path: MediaPath | undefined = wished()): MediaIo {
  if (path === 'portable') return new PortableMediaIo();
  if (path === 'native') return new NativeMediaIo(loadNativeModule());
  if (!isNativeBuilt()) return new PortableMediaIo();
  try {
    return new NativeMediaIo(loadNativeModule());
  } catch {
    // Built for another system, or for a Node that is gone.
    return new PortableMediaIo();
  }
}

function wished(): MediaPath | undefined {
  const wish = process.env[WISH];
  return wish === 'portable' || wish === 'native' ? wish : undefined;
}
