/** The tables, in CUCM's nouns. */
import type { Generated } from 'kysely';

export interface ClusterTable {
  id: Generated<number>;
  cluster_id: string;
  /** 0 nonsecure, 1 mixed: the enterprise parameter Cluster Security Mode. */
  security_mode: number;
}

/** Every device has its name here, so that no two devices share one (TIP-18). */
export interface DeviceTable {
  /** In upper case. */
  key: string;
  name: string;
  class: 'phone' | 'conference-bridge';
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
  user_locale: string;
}

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
  position: number;
  group_name: string;
}

export interface MeetMeNumberTable {
  pattern: string;
  partition: string;
  description: string;
  minimum_security_level: 'nonsecure' | 'authenticated' | 'encrypted';
}

export interface ServiceParameterTable {
  name: string;
  value: string;
}

export interface CounterTable {
  name: string;
  value: number;
}

export interface Schema {
  cluster: ClusterTable;
  device: DeviceTable;
  phone: PhoneTable;
  phone_line: PhoneLineTable;
  conference_bridge: ConferenceBridgeTable;
  media_resource_group: MediaResourceGroupTable;
  media_resource_group_member: MediaResourceGroupMemberTable;
  media_resource_list: MediaResourceListTable;
  media_resource_list_group: MediaResourceListGroupTable;
  meet_me_number: MeetMeNumberTable;
  service_parameter: ServiceParameterTable;
  counter: CounterTable;
}
