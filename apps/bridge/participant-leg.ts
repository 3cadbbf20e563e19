/** One participant of a conference: its place at the mixer and its media. */
import type { MixerPort } from '@conclave/audio';
import { MediaChannel } from '@conclave/device';

export class ParticipantLeg {
  readonly callReference: number;
  readonly name: string;
  readonly port: MixerPort;
  readonly media = new MediaChannel();

  constructor(callReference: number, name: string, port: MixerPort) {
    this.callReference = callReference;
    this.name = name;
    this.port = port;
  }

  /** Before the mix: the next frame of this participant, if there is one. */
  contribute(): void {
    if (this.media.take(this.port.input)) this.port.active = true;
  }
}
