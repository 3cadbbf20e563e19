/** The tables as the latest migration leaves them, in CUCM's nouns. */

export interface ClusterTable {
  /** Always 1: there is one cluster. */
  id: number;
  cluster_id: string;
  /** 0 nonsecure, 1 mixed: the enterprise parameter Cluster Security Mode. */
  security_mode: number;
  sip_realm: string | null;
}

export interface DevicePoolTable {
  name: string;
  media_resource_list: string | null;
  region: string | null;
  date_time_group: string | null;
  call_manager_group: string | null;
}

export interface CommonDeviceConfigurationTable {
  name: string;
  user_locale: string | null;
}

export interface LocationTable {
  name: string;
}

/** Every device has its name here, so that no two devices share one (TIP-18). */
export interface DeviceTable {
  /** The name in upper case. */
  key: string;
  name: string;
  class: 'phone' | 'conference-bridge' | 'music-server' | 'sip-trunk';
  description: string;
  device_pool: string;
  location: string;
}

export interface PhoneTable {
  name: string;
  model: string;
  firmware: string;
  protocol: 'SCCP' | 'SIP';
  security_mode: 'nonsecure' | 'authenticated' | 'encrypted';
  media_resource_list: string | null;
  common_device_configuration: string | null;
  user_locale: string;
  built_in_bridge: 'on' | 'off' | null;
  privacy: 'on' | 'off' | null;
  /** 1 for a protected device. */
  protected_device: number;
  media_path: 'rsvp-agent' | 'mtp' | null;
  /** 1 for a SIP client without icons and softkeys of ours. */
  standard_client: number;
}

/** Of phones and trunks that have one. Hashes only. */
export interface SipDigestTable {
  device: string;
  user: string;
  realm: string;
  md5: string;
  sha256: string;
}

export interface SipTrunkTable {
  name: string;
  transport: 'UDP' | 'TCP' | 'TLS';
  /** 1 or 0, as those below. */
  srtp_allowed: number;
  trust_security_status: number;
  on_net: number;
  certificate_name: string | null;
}

export interface SipTrunkDestinationTable {
  trunk: string;
  /** From 0. */
  position: number;
  host: string;
  port: number | null;
}

/** Numbers that lead over a trunk. */
export interface RouteTable {
  pattern: string;
  partition: string;
  description: string;
  trunk: string;
}

/** A directory number in its partition; several phones that have it share it. */
export interface LineTable {
  directory_number: string;
  partition: string;
}

/** A line as it appears on a button of a phone. */
export interface PhoneLineTable {
  phone: string;
  line_index: number;
  directory_number: string;
  partition: string;
  display_name: string;
  label: string;
}

export interface ConferenceBridgeTable {
  name: string;
  type: string;
  security_mode: 'nonsecure' | 'encrypted';
  common_device_configuration: string;
}

export interface MusicServerTable {
  name: string;
  security_mode: 'nonsecure' | 'encrypted';
}

export interface MediaResourceGroupTable {
  name: string;
}

export interface MediaResourceGroupMemberTable {
  group_name: string;
  device: string;
}

export interface MediaResourceListTable {
  name: string;
}

export interface MediaResourceListGroupTable {
  list_name: string;
  /** From 0. */
  position: number;
  group_name: string;
}

export interface MeetMeNumberTable {
  pattern: string;
  partition: string;
  description: string;
  minimum_security_level: 'nonsecure' | 'authenticated' | 'encrypted';
}

export interface ParkNumberTable {
  pattern: string;
  partition: string;
  description: string;
}

export interface DirectoryNumberTable {
  pattern: string;
  partition: string;
  description: string;
  alerting_name: string;
}

export interface OtherFieldTable {
  kind: string;
  key: string;
  field: string;
  value: string;
}

export interface ServiceParameterTable {
  service: string;
  name: string;
  value: string;
}

export interface CounterTable {
  name: string;
  value: number;
}

export interface AccountTable {
  name: string;
  role: string;
  password_hash: string;
}

export interface ApiTokenTable {
  id: string;
  user: string;
  label: string;
  hash: string;
  created_ms: number;
}

export interface AuditTable {
  /** From 1 without a gap. */
  number: number;
  at_ms: number;
  user: string;
  source: string;
  action: string;
  outcome: string;
  detail: string;
  /** SHA-256 of the chain before and of this row. */
  chain: string;
}

export interface Schema {
  cluster: ClusterTable;
  device_pool: DevicePoolTable;
  location: LocationTable;
  common_device_configuration: CommonDeviceConfigurationTable;
  device: DeviceTable;
  phone: PhoneTable;
  line: LineTable;
  phone_line: PhoneLineTable;
  conference_bridge: ConferenceBridgeTable;
  music_server: MusicServerTable;
  media_resource_group: MediaResourceGroupTable;
  media_resource_group_member: MediaResourceGroupMemberTable;
  media_resource_list: MediaResourceListTable;
  media_resource_list_group: MediaResourceListGroupTable;
  meet_me_number: MeetMeNumberTable;
  park_number: ParkNumberTable;
  sip_digest: SipDigestTable;
  sip_trunk: SipTrunkTable;
  sip_trunk_destination: SipTrunkDestinationTable;
  route: RouteTable;
  directory_number: DirectoryNumberTable;
  other_field: OtherFieldTable;
  service_parameter: ServiceParameterTable;
  counter: CounterTable;
  account: AccountTable;
  api_token: ApiTokenTable;
  audit: AuditTable;
}
