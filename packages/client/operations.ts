/**
 * What each operation of the API takes and gives. Made of its OpenAPI document by
 * `packages/api/write-openapi.ts`, and not written by hand.
 */

export interface Phone {
  readonly name: string;
  readonly description: string;
  readonly devicePool: string;
  readonly location: string;
  readonly model: string;
  readonly firmware: string;
  readonly protocol: 'SCCP' | 'SIP';
  readonly securityMode: 'nonsecure' | 'authenticated' | 'encrypted';
  readonly commonDeviceConfiguration?: string;
  readonly userLocale: string;
  readonly mediaResourceList?: string;
  readonly builtInBridge?: 'on' | 'off';
  readonly privacy?: 'on' | 'off';
  readonly protectedDevice?: boolean;
  readonly mediaPath?: 'rsvp-agent' | 'mtp';
  readonly standardClient?: boolean;
  readonly digest?: {
    readonly user: string;
    readonly password?: string;
  };
  readonly lines: readonly {
    readonly index: number;
    readonly directoryNumber: string;
    readonly partition: string;
    readonly displayName: string;
    readonly label: string;
  }[];
}

export interface Bridge {
  readonly name: string;
  readonly description: string;
  readonly devicePool: string;
  readonly location: string;
  readonly type: string;
  readonly securityMode: 'nonsecure' | 'encrypted';
  readonly commonDeviceConfiguration: string;
}

export interface MusicServer {
  readonly name: string;
  readonly description: string;
  readonly devicePool: string;
  readonly location: string;
  readonly securityMode: 'nonsecure' | 'encrypted';
}

export interface SipTrunk {
  readonly name: string;
  readonly description: string;
  readonly devicePool: string;
  readonly location: string;
  readonly destinations: readonly {
    readonly host: string;
    readonly port?: number;
  }[];
  readonly transport: 'UDP' | 'TCP' | 'TLS';
  readonly srtpAllowed: boolean;
  readonly trustSecurityStatus: boolean;
  readonly onNet: boolean;
  readonly certificateName?: string;
  readonly digest?: {
    readonly user: string;
    readonly password?: string;
  };
}

export interface DevicePool {
  readonly name: string;
  readonly mediaResourceList?: string;
  readonly region?: string;
  readonly dateTimeGroup?: string;
  readonly callManagerGroup?: string;
}

export interface Location {
  readonly name: string;
}

export interface CommonDeviceConfiguration {
  readonly name: string;
  readonly userLocale?: string;
}

export interface MediaResourceGroup {
  readonly name: string;
  readonly members: readonly string[];
}

export interface MediaResourceList {
  readonly name: string;
  readonly groups: readonly string[];
}

export interface MeetMeNumber {
  readonly pattern: string;
  readonly partition: string;
  readonly description: string;
  readonly minimumSecurityLevel: 'nonsecure' | 'authenticated' | 'encrypted';
}

export interface ParkNumber {
  readonly pattern: string;
  readonly partition: string;
  readonly description: string;
}

export interface Route {
  readonly pattern: string;
  readonly partition: string;
  readonly description: string;
  readonly trunk: string;
}

export interface DirectoryNumber {
  readonly pattern: string;
  readonly partition: string;
  readonly description: string;
  readonly alertingName: string;
}

export interface Conference {
  readonly id: number;
  readonly kind: 'ad-hoc' | 'meet-me';
  readonly number?: string;
  readonly bridge: string;
  readonly level: 'unknown' | 'nonsecure' | 'authenticated' | 'encrypted';
  readonly sinceMs: number;
  readonly startedMs: number;
  readonly minimum: 'nonsecure' | 'authenticated' | 'encrypted';
  readonly locked?: {
    readonly by: string;
    readonly sinceMs: number;
  };
  readonly parties: readonly {
    readonly leg: number;
    readonly device: string;
    readonly name: string;
    readonly number: string;
    readonly level: 'unknown' | 'nonsecure' | 'authenticated' | 'encrypted';
    readonly because: string;
    readonly media: 'srtp' | 'rtp';
    readonly state: 'adding' | 'present' | 'leaving';
    readonly held: boolean;
    readonly muted: boolean;
    readonly isController: boolean;
    readonly joinedMs: number;
    readonly link?: number;
  }[];
  readonly ringing: readonly {
    readonly device: string;
    readonly number: string;
  }[];
  readonly links: readonly number[];
  readonly why: {
    readonly level: 'unknown' | 'nonsecure' | 'authenticated' | 'encrypted';
    readonly sentence: string;
    readonly rules: readonly string[];
    readonly fixes: readonly string[];
    readonly limits: readonly {
      readonly rule: string;
      readonly level: 'unknown' | 'nonsecure' | 'authenticated' | 'encrypted';
      readonly fact: string;
    }[];
  };
  readonly timeline: readonly {
    readonly atMs: number;
    readonly level: 'unknown' | 'nonsecure' | 'authenticated' | 'encrypted';
    readonly because: string;
  }[];
}

export interface Operations {
  readonly 'POST /session': {
    readonly body: {
      readonly user: string;
      readonly password: string;
    };
    readonly result: unknown;
  };
  readonly 'GET /session': { readonly result: unknown };
  readonly 'DELETE /session': { readonly result: unknown };
  readonly 'GET /tokens': { readonly result: unknown };
  readonly 'POST /tokens': {
    readonly body: {
      readonly label: string;
    };
    readonly result: unknown;
  };
  readonly 'DELETE /tokens/{id}': {
    readonly path: { readonly id: string };
    readonly result: unknown;
  };
  readonly 'PUT /session/password': {
    readonly body: {
      readonly password: string;
      readonly newPassword: string;
    };
    readonly result: unknown;
  };
  readonly 'GET /users': { readonly result: unknown };
  readonly 'POST /users': {
    readonly body: {
      readonly name: string;
      readonly role: 'administrator' | 'auditor' | 'read-only' | 'packet-sniffer' | 'cti';
      readonly password: string;
    };
    readonly result: unknown;
  };
  readonly 'GET /roles': { readonly result: unknown };
  readonly 'GET /users/{name}': {
    readonly path: { readonly name: string };
    readonly result: unknown;
  };
  readonly 'PUT /users/{name}': {
    readonly path: { readonly name: string };
    readonly body: {
      readonly role: 'administrator' | 'auditor' | 'read-only' | 'packet-sniffer' | 'cti';
      readonly password?: string;
    };
    readonly result: unknown;
  };
  readonly 'DELETE /users/{name}': {
    readonly path: { readonly name: string };
    readonly result: undefined;
  };
  readonly 'GET /audit': { readonly result: unknown };
  readonly 'GET /phones': {
    readonly query?: { readonly find?: string };
    readonly result: readonly Phone[];
  };
  readonly 'POST /phones': { readonly body: Phone; readonly result: Phone };
  readonly 'GET /phones/{key}': { readonly path: { readonly key: string }; readonly result: Phone };
  readonly 'PUT /phones/{key}': {
    readonly path: { readonly key: string };
    readonly body: Phone;
    readonly result: Phone;
  };
  readonly 'DELETE /phones/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /bridges': {
    readonly query?: { readonly find?: string };
    readonly result: readonly Bridge[];
  };
  readonly 'POST /bridges': { readonly body: Bridge; readonly result: Bridge };
  readonly 'GET /bridges/{key}': {
    readonly path: { readonly key: string };
    readonly result: Bridge;
  };
  readonly 'PUT /bridges/{key}': {
    readonly path: { readonly key: string };
    readonly body: Bridge;
    readonly result: Bridge;
  };
  readonly 'DELETE /bridges/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /musicServers': {
    readonly query?: { readonly find?: string };
    readonly result: readonly MusicServer[];
  };
  readonly 'POST /musicServers': { readonly body: MusicServer; readonly result: MusicServer };
  readonly 'GET /musicServers/{key}': {
    readonly path: { readonly key: string };
    readonly result: MusicServer;
  };
  readonly 'PUT /musicServers/{key}': {
    readonly path: { readonly key: string };
    readonly body: MusicServer;
    readonly result: MusicServer;
  };
  readonly 'DELETE /musicServers/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /sipTrunks': {
    readonly query?: { readonly find?: string };
    readonly result: readonly SipTrunk[];
  };
  readonly 'POST /sipTrunks': { readonly body: SipTrunk; readonly result: SipTrunk };
  readonly 'GET /sipTrunks/{key}': {
    readonly path: { readonly key: string };
    readonly result: SipTrunk;
  };
  readonly 'PUT /sipTrunks/{key}': {
    readonly path: { readonly key: string };
    readonly body: SipTrunk;
    readonly result: SipTrunk;
  };
  readonly 'DELETE /sipTrunks/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /devicePools': {
    readonly query?: { readonly find?: string };
    readonly result: readonly DevicePool[];
  };
  readonly 'POST /devicePools': { readonly body: DevicePool; readonly result: DevicePool };
  readonly 'GET /devicePools/{key}': {
    readonly path: { readonly key: string };
    readonly result: DevicePool;
  };
  readonly 'PUT /devicePools/{key}': {
    readonly path: { readonly key: string };
    readonly body: DevicePool;
    readonly result: DevicePool;
  };
  readonly 'DELETE /devicePools/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /locations': {
    readonly query?: { readonly find?: string };
    readonly result: readonly Location[];
  };
  readonly 'POST /locations': { readonly body: Location; readonly result: Location };
  readonly 'GET /locations/{key}': {
    readonly path: { readonly key: string };
    readonly result: Location;
  };
  readonly 'PUT /locations/{key}': {
    readonly path: { readonly key: string };
    readonly body: Location;
    readonly result: Location;
  };
  readonly 'DELETE /locations/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /commonDeviceConfigurations': {
    readonly query?: { readonly find?: string };
    readonly result: readonly CommonDeviceConfiguration[];
  };
  readonly 'POST /commonDeviceConfigurations': {
    readonly body: CommonDeviceConfiguration;
    readonly result: CommonDeviceConfiguration;
  };
  readonly 'GET /commonDeviceConfigurations/{key}': {
    readonly path: { readonly key: string };
    readonly result: CommonDeviceConfiguration;
  };
  readonly 'PUT /commonDeviceConfigurations/{key}': {
    readonly path: { readonly key: string };
    readonly body: CommonDeviceConfiguration;
    readonly result: CommonDeviceConfiguration;
  };
  readonly 'DELETE /commonDeviceConfigurations/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /mediaResourceGroups': {
    readonly query?: { readonly find?: string };
    readonly result: readonly MediaResourceGroup[];
  };
  readonly 'POST /mediaResourceGroups': {
    readonly body: MediaResourceGroup;
    readonly result: MediaResourceGroup;
  };
  readonly 'GET /mediaResourceGroups/{key}': {
    readonly path: { readonly key: string };
    readonly result: MediaResourceGroup;
  };
  readonly 'PUT /mediaResourceGroups/{key}': {
    readonly path: { readonly key: string };
    readonly body: MediaResourceGroup;
    readonly result: MediaResourceGroup;
  };
  readonly 'DELETE /mediaResourceGroups/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /mediaResourceLists': {
    readonly query?: { readonly find?: string };
    readonly result: readonly MediaResourceList[];
  };
  readonly 'POST /mediaResourceLists': {
    readonly body: MediaResourceList;
    readonly result: MediaResourceList;
  };
  readonly 'GET /mediaResourceLists/{key}': {
    readonly path: { readonly key: string };
    readonly result: MediaResourceList;
  };
  readonly 'PUT /mediaResourceLists/{key}': {
    readonly path: { readonly key: string };
    readonly body: MediaResourceList;
    readonly result: MediaResourceList;
  };
  readonly 'DELETE /mediaResourceLists/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /meetMeNumbers': {
    readonly query?: { readonly find?: string };
    readonly result: readonly MeetMeNumber[];
  };
  readonly 'POST /meetMeNumbers': { readonly body: MeetMeNumber; readonly result: MeetMeNumber };
  readonly 'GET /meetMeNumbers/{key}': {
    readonly path: { readonly key: string };
    readonly result: MeetMeNumber;
  };
  readonly 'PUT /meetMeNumbers/{key}': {
    readonly path: { readonly key: string };
    readonly body: MeetMeNumber;
    readonly result: MeetMeNumber;
  };
  readonly 'DELETE /meetMeNumbers/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /parkNumbers': {
    readonly query?: { readonly find?: string };
    readonly result: readonly ParkNumber[];
  };
  readonly 'POST /parkNumbers': { readonly body: ParkNumber; readonly result: ParkNumber };
  readonly 'GET /parkNumbers/{key}': {
    readonly path: { readonly key: string };
    readonly result: ParkNumber;
  };
  readonly 'PUT /parkNumbers/{key}': {
    readonly path: { readonly key: string };
    readonly body: ParkNumber;
    readonly result: ParkNumber;
  };
  readonly 'DELETE /parkNumbers/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /routes': {
    readonly query?: { readonly find?: string };
    readonly result: readonly Route[];
  };
  readonly 'POST /routes': { readonly body: Route; readonly result: Route };
  readonly 'GET /routes/{key}': { readonly path: { readonly key: string }; readonly result: Route };
  readonly 'PUT /routes/{key}': {
    readonly path: { readonly key: string };
    readonly body: Route;
    readonly result: Route;
  };
  readonly 'DELETE /routes/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /directoryNumbers': {
    readonly query?: { readonly find?: string };
    readonly result: readonly DirectoryNumber[];
  };
  readonly 'POST /directoryNumbers': {
    readonly body: DirectoryNumber;
    readonly result: DirectoryNumber;
  };
  readonly 'GET /directoryNumbers/{key}': {
    readonly path: { readonly key: string };
    readonly result: DirectoryNumber;
  };
  readonly 'PUT /directoryNumbers/{key}': {
    readonly path: { readonly key: string };
    readonly body: DirectoryNumber;
    readonly result: DirectoryNumber;
  };
  readonly 'DELETE /directoryNumbers/{key}': {
    readonly path: { readonly key: string };
    readonly result: undefined;
  };
  readonly 'GET /parameters': { readonly result: unknown };
  readonly 'PUT /parameters': {
    readonly body: Readonly<Record<string, string>>;
    readonly result: unknown;
  };
  readonly 'PUT /parameters/{key}': {
    readonly path: { readonly key: string };
    readonly body: {
      readonly value?: string;
    };
    readonly result: unknown;
  };
  readonly 'GET /cluster': {
    readonly result: {
      readonly id: string;
      readonly securityMode: 'nonsecure' | 'mixed';
      readonly sipRealm?: string;
    };
  };
  readonly 'PUT /cluster': {
    readonly body: {
      readonly id: string;
      readonly securityMode: 'nonsecure' | 'mixed';
      readonly sipRealm?: string;
    };
    readonly result: {
      readonly id: string;
      readonly securityMode: 'nonsecure' | 'mixed';
      readonly sipRealm?: string;
    };
  };
  readonly 'GET /warnings': { readonly result: unknown };
  readonly 'GET /devices/waiting': {
    readonly result: readonly {
      readonly device: string;
      readonly waitsFor: 'restart' | 'calls';
    }[];
  };
  readonly 'POST /devices/{name}/{action}': {
    readonly path: { readonly name: string; readonly action: 'reset' | 'restart' | 'apply' };
    readonly result: undefined;
  };
  readonly 'GET /conferences': { readonly result: readonly Conference[] };
  readonly 'GET /conferences/{id}': {
    readonly path: { readonly id: string };
    readonly result: Conference;
  };
  readonly 'GET /conferences/{id}/remedies': {
    readonly path: { readonly id: string };
    readonly result: {
      readonly keeping?: {
        readonly changes: readonly string[];
      };
      readonly atOnce?: {
        readonly changes: readonly string[];
      };
    };
  };
  readonly 'GET /calls': { readonly result: unknown };
  readonly 'GET /devices': { readonly result: unknown };
  readonly 'GET /refusals': { readonly result: unknown };
  readonly 'GET /alarms': { readonly result: unknown };
  readonly 'POST /conferences/{id}/eject': {
    readonly path: { readonly id: string };
    readonly body: {
      readonly leg: number;
    };
    readonly result: unknown;
  };
  readonly 'POST /conferences/{id}/mute': {
    readonly path: { readonly id: string };
    readonly body: {
      readonly leg: number;
      readonly muted: boolean;
    };
    readonly result: unknown;
  };
  readonly 'POST /conferences/{id}/lock': {
    readonly path: { readonly id: string };
    readonly body: {
      readonly locked: boolean;
    };
    readonly result: unknown;
  };
  readonly 'GET /live': { readonly result: unknown };
  readonly 'GET /records/calls': {
    readonly query?: {
      readonly from?: string;
      readonly to?: string;
      readonly number?: string;
      readonly device?: string;
      readonly conference?: string;
      readonly level?: '0' | '1' | '2';
      readonly conferenceLevel?: '0' | '1' | '2';
      readonly most?: string;
      readonly after?: string;
    };
    readonly result: {
      readonly records: readonly Readonly<Record<string, number | string>>[];
      readonly next?: string;
    };
  };
  readonly 'GET /records/calls/export': {
    readonly query?: {
      readonly from?: string;
      readonly to?: string;
      readonly number?: string;
      readonly device?: string;
      readonly conference?: string;
      readonly level?: '0' | '1' | '2';
      readonly conferenceLevel?: '0' | '1' | '2';
      readonly format?: 'cucm' | 'csv' | 'json';
    };
    readonly result: unknown;
  };
  readonly 'GET /records/quality': {
    readonly query?: {
      readonly from?: string;
      readonly to?: string;
      readonly number?: string;
      readonly device?: string;
      readonly conference?: string;
      readonly level?: '0' | '1' | '2';
      readonly conferenceLevel?: '0' | '1' | '2';
      readonly most?: string;
      readonly after?: string;
    };
    readonly result: {
      readonly records: readonly Readonly<Record<string, number | string>>[];
      readonly next?: string;
    };
  };
  readonly 'GET /records/quality/export': {
    readonly query?: {
      readonly from?: string;
      readonly to?: string;
      readonly number?: string;
      readonly device?: string;
      readonly conference?: string;
      readonly level?: '0' | '1' | '2';
      readonly conferenceLevel?: '0' | '1' | '2';
      readonly format?: 'cucm' | 'csv' | 'json';
    };
    readonly result: unknown;
  };
  readonly 'GET /records/timelines': {
    readonly result: readonly {
      readonly file: string;
      readonly conference?: number;
      readonly number?: string;
      readonly startedMs?: number;
      readonly levels: readonly string[];
      readonly signedBy?: string;
      readonly fault?: string;
    }[];
  };
  readonly 'GET /records/timelines/{file}': {
    readonly path: { readonly file: string };
    readonly result: unknown;
  };
  readonly 'GET /certificates': {
    readonly result: readonly {
      readonly id: string;
      readonly kind?: string;
      readonly commonName?: string;
      readonly issuerName?: string;
      readonly selfSigned: boolean;
      readonly validFromMs: number;
      readonly validToMs: number;
      readonly serialNumber: string;
      readonly fingerprint: string;
      readonly waits?: 'call-manager-restart' | 'device-restart';
    }[];
  };
  readonly 'GET /trust': {
    readonly result: readonly {
      readonly id: string;
      readonly kind?: string;
      readonly commonName?: string;
      readonly issuerName?: string;
      readonly selfSigned: boolean;
      readonly validFromMs: number;
      readonly validToMs: number;
      readonly serialNumber: string;
      readonly fingerprint: string;
      readonly waits?: 'call-manager-restart' | 'device-restart';
    }[];
  };
  readonly 'POST /trust': {
    readonly body: {
      readonly name: string;
      readonly certificate: string;
    };
    readonly result: undefined;
  };
  readonly 'GET /certificates/{id}': {
    readonly path: { readonly id: string };
    readonly result: unknown;
  };
  readonly 'PUT /certificates/{id}': {
    readonly path: { readonly id: string };
    readonly body: {
      readonly certificate: string;
    };
    readonly result: undefined;
  };
  readonly 'GET /trust/{id}': { readonly path: { readonly id: string }; readonly result: unknown };
  readonly 'DELETE /trust/{id}': {
    readonly path: { readonly id: string };
    readonly result: undefined;
  };
  readonly 'GET /certificates/{id}/request': {
    readonly path: { readonly id: string };
    readonly result: unknown;
  };
  readonly 'POST /certificates/{id}/reissue': {
    readonly path: { readonly id: string };
    readonly result: undefined;
  };
  readonly 'GET /setup': {
    readonly result: readonly {
      readonly id: string;
      readonly state: 'done' | 'open' | 'optional';
      readonly found: string;
      readonly page: string;
    }[];
  };
  readonly 'GET /captures': {
    readonly result: readonly {
      readonly device: string;
      readonly startedMs: number;
      readonly endsMs: number;
      readonly packets: number;
      readonly dropped: number;
    }[];
  };
  readonly 'PUT /captures/{device}': {
    readonly path: { readonly device: string };
    readonly body: {
      readonly durationMinutes: number;
    };
    readonly result: undefined;
  };
  readonly 'DELETE /captures/{device}': {
    readonly path: { readonly device: string };
    readonly result: undefined;
  };
  readonly 'GET /captureFiles': {
    readonly result: readonly {
      readonly file: string;
      readonly sizeBytes: number;
    }[];
  };
  readonly 'GET /captureFiles/{file}': {
    readonly path: { readonly file: string };
    readonly result: unknown;
  };
  readonly 'GET /captureFiles/{file}/keys': {
    readonly path: { readonly file: string };
    readonly result: unknown;
  };
  readonly 'GET /services': {
    readonly result: readonly {
      readonly name: string;
      readonly kind: 'call-manager' | 'bridge' | 'music-server';
      readonly state: 'running' | 'stopped' | 'ended';
      readonly sinceMs: number;
    }[];
  };
  readonly 'POST /services/{name}/{action}': {
    readonly path: { readonly name: string; readonly action: 'start' | 'stop' | 'restart' };
    readonly result: unknown;
  };
  readonly 'POST /what-if': {
    readonly body: {
      readonly steps: readonly string[];
    };
    readonly result: readonly {
      readonly did: string;
      readonly refused?: string;
      readonly conferences: readonly {
        readonly kind: 'ad-hoc' | 'meet-me';
        readonly number?: string;
        readonly bridge: string;
        readonly level: 'unknown' | 'nonsecure' | 'authenticated' | 'encrypted';
        readonly members: readonly {
          readonly name: string;
          readonly level: 'unknown' | 'nonsecure' | 'authenticated' | 'encrypted';
        }[];
        readonly why: string;
      }[];
      readonly refusals: readonly string[];
      readonly ended: readonly {
        readonly from: string;
        readonly to: string;
      }[];
    }[];
  };
}
