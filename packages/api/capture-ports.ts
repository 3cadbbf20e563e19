/** Packet captures, asked of the house. */

export interface CaptureView {
  readonly device: string;
  readonly startedMs: number;
  readonly endsMs: number;
  readonly packets: number;
  /** Left out: the disk was too slow, or nobody can read them. */
  readonly dropped: number;
}

export interface CaptureFileView {
  /** `mm-dd-yyyy.pkt` */
  readonly file: string;
  readonly sizeBytes: number;
}

export interface CapturesPort {
  running(): readonly CaptureView[];
  /** What is wrong with the wish; undefined: it runs. */
  start(device: string, minutes: number): string | undefined;
  /** Resolves when nothing is kept any more. False: none runs. */
  stop(device: string): Promise<boolean>;
  files(): Promise<readonly CaptureFileView[]>;
  /** In clear, as pcapng, without keys of media. Undefined: there is no such file. */
  packets(file: string): Promise<Uint8Array | undefined>;
  /** The keys of its media, an object a line. Undefined: there are none. */
  keys(file: string): Promise<string | undefined>;
}
