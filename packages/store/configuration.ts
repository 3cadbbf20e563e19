/** The whole configuration as one plain value: what is read, exported, checked and imported. */

export interface StoredLine {
  readonly index: number;
  readonly directoryNumber: string;
  readonly partition: string;
  readonly displayName: string;
  readonly label: string;
}

export interface StoredPhone {
  readonly name: string;
  readonly model: string;
  readonly firmware: string;
  readonly protocol: 'SCCP' | 'SIP';
  readonly securityMode: 'nonsecure' | 'authenticated' | 'encrypted';
  readonly description: string;
  readonly devicePool: string;
  readonly location: string;
  readonly userLocale: string;
  readonly mediaResourceList?: string;
  readonly lines: readonly StoredLine[];
}

export interface StoredBridge {
  readonly name: string;
  readonly type: string;
  readonly securityMode: 'nonsecure' | 'encrypted';
  readonly description: string;
  readonly devicePool: string;
  readonly commonDeviceConfiguration: string;
  readonly location: string;
}

export interface StoredMeetMeNumber {
  readonly pattern: string;
  readonly partition: string;
  readonly description: string;
  readonly minimumSecurityLevel: 'nonsecure' | 'authenticated' | 'encrypted';
}

export interface StoredConfiguration {
  readonly cluster: { readonly id: string; readonly securityMode: 'nonsecure' | 'mixed' };
  readonly phones: readonly StoredPhone[];
  readonly bridges: readonly StoredBridge[];
  readonly mediaResourceGroups: readonly {
    readonly name: string;
    readonly members: readonly string[];
  }[];
  readonly mediaResourceLists: readonly {
    readonly name: string;
    readonly groups: readonly string[];
  }[];
  readonly meetMeNumbers: readonly StoredMeetMeNumber[];
  /** By name; those that are absent have their defaults. */
  readonly serviceParameters: Readonly<Record<string, string>>;
}
