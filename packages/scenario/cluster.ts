/** What a scenario plays on: the configuration, and which devices are there when it begins. */
import type { Configuration, Level } from '@conclave/core';

export interface Cluster {
  /** Devices are called by their short names. */
  readonly configuration: Configuration;
  /** In the order of the file. Phones begin in the mode that they are configured for. */
  readonly phones: readonly PhoneDevice[];
  readonly bridges: readonly BridgeDevice[];
  readonly musics: readonly MusicDevice[];
}

export interface PhoneDevice {
  readonly name: string;
  readonly registered: boolean;
  /** The party behind a trunk or gateway, as the other side tells of it. */
  readonly remote?: Level;
}

export interface BridgeDevice {
  readonly name: string;
  readonly registered: boolean;
  readonly secure: boolean;
  readonly conferencesMax: number;
  readonly partiesMax: number;
  readonly streamsMax: number;
}

export interface MusicDevice {
  readonly name: string;
  readonly registered: boolean;
  readonly secure: boolean;
}
