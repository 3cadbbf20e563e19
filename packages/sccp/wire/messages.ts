/**
 * Every SCCP message we know: name, identifier, direction, fields, and the versions that have them.
 *
 * One line a field: `[name, type, ...]`.
 *
 *   u8 u16 u32 i32   little-endian numbers
 *   text, n          n bytes, NUL-padded; in a dynamic message its bytes and a NUL, at most n
 *   dirnum           text of 24 bytes, 25 from version 18 on
 *   bytes, n         n bytes as they are
 *   sized, {length}  bytes in a room of `max`, of which the field named by `length` counts
 *   blob, {length}   text whose length is the field named by `length`, without padding
 *   rest             whatever follows
 *   ipv4             four bytes in network order
 *   address          ipv4 below version 17; then a u32 kind and sixteen bytes
 *   struct, fields   fields in a row, here or by their name in `structs.ts`
 *   list, {max, of}  room for `max` entries, of which the field named by `count` count
 *
 * `since` and `until` bound the versions of a field. `tail` marks a field, and with it all that
 * follow, that older peers leave away.
 *
 * Names keep the spelling of public analysers. Source: [observed] a public packet analyser's protocol
 * table, version 4.0; directions and versions likewise.
 */
export const MESSAGES = {
  KeepAliveReq: {
    id: 0x0000,
    from: 'device',
    fields: [],
  },
  RegisterReq: {
    id: 0x0001,
    from: 'device',
    fields: [
      ['sid', 'struct', 'DeviceId'],
      ['stationIpAddr', 'ipv4'],
      ['deviceType', 'u32'],
      ['maxStreams', 'u32'],
      ['activeStreams', 'u32', { tail: true }],
      ['protocolVer', 'u8', { tail: true }],
      ['unknown', 'u8', { tail: true }],
      ['phoneFeatures', 'u16', { tail: true }],
      ['maxConferences', 'u32', { tail: true }],
      ['activeConferences', 'u32', { tail: true }],
      ['macAddress', 'bytes', 12, { tail: true }],
      ['ipV4AddressScope', 'u32', { tail: true }],
      ['maxNumberOfLines', 'u32', { tail: true }],
      ['stationIpV6Addr', 'bytes', 16, { tail: true }],
      ['ipV6AddressScope', 'u32', { tail: true }],
      ['firmwareLoadName', 'text', 32, { tail: true }],
      ['configVersionStamp', 'text', 48, { tail: true }],
    ],
  },
  IpPort: {
    id: 0x0002,
    from: 'device',
    fields: [['rtpMediaPort', 'u32']],
  },
  KeypadButton: {
    id: 0x0003,
    from: 'device',
    fields: [
      ['kpButton', 'u32'],
      ['lineInstance', 'u32', { tail: true }],
      ['callReference', 'u32', { tail: true }],
    ],
  },
  EnblocCall: {
    id: 0x0004,
    from: 'device',
    fields: [
      ['calledParty', 'dirnum'],
      ['lineInstance', 'u32', { tail: true }],
    ],
  },
  Stimulus: {
    id: 0x0005,
    from: 'device',
    fields: [
      ['stimulus', 'u32'],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
      ['stimulusStatus', 'u32'],
    ],
  },
  OffHook: {
    id: 0x0006,
    from: 'device',
    fields: [
      ['lineInstance', 'u32', { tail: true }],
      ['callReference', 'u32', { tail: true }],
    ],
  },
  OnHook: {
    id: 0x0007,
    from: 'device',
    fields: [
      ['lineInstance', 'u32', { tail: true }],
      ['callReference', 'u32', { tail: true }],
    ],
  },
  HookFlash: {
    id: 0x0008,
    from: 'device',
    fields: [
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  ForwardStatReq: {
    id: 0x0009,
    from: 'device',
    fields: [['lineNumber', 'u32']],
  },
  SpeedDialStatReq: {
    id: 0x000a,
    from: 'device',
    fields: [['speedDialNumber', 'u32']],
  },
  LineStatReq: {
    id: 0x000b,
    from: 'device',
    fields: [['lineNumber', 'u32']],
  },
  ConfigStatReq: {
    id: 0x000c,
    from: 'device',
    fields: [],
  },
  TimeDateReq: {
    id: 0x000d,
    from: 'device',
    fields: [],
  },
  ButtonTemplateReq: {
    id: 0x000e,
    from: 'device',
    fields: [],
  },
  VersionReq: {
    id: 0x000f,
    from: 'device',
    fields: [],
  },
  CapabilitiesRes: {
    id: 0x0010,
    from: 'device',
    fields: [
      ['capCount', 'u32'],
      [
        'caps',
        'list',
        {
          count: 'capCount',
          max: 18,
          of: 'AudioCapability',
        },
      ],
    ],
  },
  ServerReq: {
    id: 0x0012,
    from: 'device',
    fields: [],
  },
  Alarm: {
    id: 0x0020,
    from: 'device',
    fields: [
      ['alarmSeverity', 'u32'],
      ['text', 'text', 80],
      ['parm1', 'u32'],
      ['parm2', 'u32'],
    ],
  },
  OpenReceiveChannelAck: {
    id: 0x0022,
    from: 'device',
    fields: [
      ['mediaReceptionStatus', 'u32'],
      ['ipAddr', 'address'],
      ['portNumber', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['callReference', 'u32', { tail: true }],
    ],
  },
  ConnectionStatisticsRes: {
    id: 0x0023,
    from: 'device',
    fields: [
      ['directoryNum', 'text', 24, { until: 17 }],
      ['directoryNum', 'text', 28, { since: 18 }],
      ['callReference', 'u32'],
      ['statsProcessingMode', 'u32', { until: 17 }],
      ['statsProcessingMode', 'u8', { since: 18 }],
      ['numberPacketsSent', 'u32'],
      ['numberOctetsSent', 'u32'],
      ['numberPacketsReceived', 'u32'],
      ['numberOctetsReceived', 'u32'],
      ['numberPacketsLost', 'u32'],
      ['jitter', 'u32'],
      ['latency', 'u32'],
      ['dataSize', 'u32', { tail: true }],
      ['data', 'blob', { length: 'dataSize', max: 600 }, { tail: true }],
    ],
  },
  OffHookWithCallingPartyNumber: {
    id: 0x0024,
    from: 'device',
    fields: [
      ['callingPartyNumber', 'dirnum'],
      ['cgpnVoiceMailbox', 'dirnum'],
      ['lineInstance', 'u32'],
    ],
  },
  SoftKeySetReq: {
    id: 0x0025,
    from: 'device',
    fields: [],
  },
  SoftKeyEvent: {
    id: 0x0026,
    from: 'device',
    fields: [
      ['softKeyEvent', 'u32'],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  UnregisterReq: {
    id: 0x0027,
    from: 'device',
    fields: [['unRegReasonCode', 'u32', { tail: true }]],
  },
  SoftKeyTemplateReq: {
    id: 0x0028,
    from: 'device',
    fields: [],
  },
  RegisterTokenReq: {
    id: 0x0029,
    from: 'device',
    fields: [
      ['sid', 'struct', 'DeviceId'],
      ['stationIpAddr', 'u32'],
      ['deviceType', 'u32'],
      ['stationIpV6Addr', 'bytes', 16, { tail: true }],
    ],
  },
  MediaTransmissionFailure: {
    id: 0x002a,
    from: 'device',
    fields: [
      ['conferenceId', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['remoteIpAddr', 'address'],
      ['remotePortNumber', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  HeadsetStatus: {
    id: 0x002b,
    from: 'device',
    fields: [['headsetStatus', 'u32']],
  },
  MediaResourceNotification: {
    id: 0x002c,
    from: 'device',
    fields: [
      ['deviceType', 'u32'],
      ['numberOfInServiceStreams', 'u32'],
      ['maxStreamsPerConf', 'u32'],
      ['numberOfOutOfServiceStreams', 'u32'],
    ],
  },
  RegisterAvailableLines: {
    id: 0x002d,
    from: 'device',
    fields: [['maxNumOfAvailLines', 'u32']],
  },
  DeviceToUserData: {
    id: 0x002e,
    from: 'device',
    fields: [['deviceToUserData', 'struct', 'UserData']],
  },
  DeviceToUserDataResponse: {
    id: 0x002f,
    from: 'device',
    fields: [['deviceToUserData', 'struct', 'UserData']],
  },
  UpdateCapabilities: {
    id: 0x0030,
    from: 'device',
    fields: 'MultimediaCapabilities',
  },
  ClearConference: {
    id: 0x0032,
    from: 'device',
    fields: [
      ['conferenceId', 'u32'],
      ['serviceNum', 'u32'],
    ],
  },
  ServiceURLStatReq: {
    id: 0x0033,
    from: 'device',
    fields: [['serviceURLIndex', 'u32']],
  },
  FeatureStatReq: {
    id: 0x0034,
    from: 'device',
    fields: [
      ['featureIndex', 'u32'],
      ['featureCapabilities', 'u32', { tail: true }],
    ],
  },
  CreateConferenceRes: {
    id: 0x0035,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['result', 'u32'],
      ['dataLength', 'u32'],
      ['passThruData', 'blob', { length: 'dataLength', max: 2000 }],
    ],
  },
  DeleteConferenceRes: {
    id: 0x0036,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['delete_conf_result', 'u32'],
    ],
  },
  ModifyConferenceRes: {
    id: 0x0037,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['modify_conf_result', 'u32'],
      ['dataLength', 'u32'],
      ['passThruData', 'blob', { length: 'dataLength', max: 2000 }],
    ],
  },
  AddParticipantRes: {
    id: 0x0038,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['callReference', 'u32'],
      ['add_participant_result', 'u32'],
      ['bridgeParticipantId', 'text', 257],
    ],
  },
  AuditConferenceRes: {
    id: 0x0039,
    from: 'bridge-or-server',
    fields: [
      ['last', 'u32'],
      ['numberOfEntries', 'u32'],
      [
        'conferenceEntry',
        'list',
        {
          count: 'numberOfEntries',
          max: 32,
          of: [
            ['conferenceId', 'u32'],
            ['resourceType', 'u32'],
            ['numberOfReservedParticipants', 'u32'],
            ['numberOfActiveParticipants', 'u32'],
            ['applicationId', 'u32'],
            ['appConfID', 'text', 32],
            ['appData', 'text', 24],
          ],
        },
      ],
    ],
  },
  AuditParticipantRes: {
    id: 0x0040,
    from: 'bridge-or-server',
    fields: [
      ['audit_participant_result', 'u32'],
      ['last', 'u32'],
      ['conferenceId', 'u32'],
      ['numberOfEntries', 'u32'],
      ['participantEntry', 'list', { count: 'numberOfEntries', max: 256, of: 'u32' }],
    ],
  },
  DeviceToUserDataVersion1: {
    id: 0x0041,
    from: 'device',
    fields: [['deviceToUserDataVersion1', 'struct', 'UserDataVersion1']],
  },
  DeviceToUserDataResponseVersion1: {
    id: 0x0042,
    from: 'device',
    fields: [['deviceToUserDataVersion1', 'struct', 'UserDataVersion1']],
  },
  CapabilitiesV2Res: {
    id: 0x0043,
    from: 'device',
    fields: 'MultimediaCapabilities',
  },
  /** How much room its lists take is not settled, so that they are kept as bytes. */
  CapabilitiesV3Res: {
    id: 0x0044,
    from: 'device',
    dynamic: true,
    fields: [
      ['audioCapCount', 'u32'],
      ['videoCapCount', 'u32'],
      ['dataCapCount', 'u32'],
      ['rtpPayloadFormat', 'u32'],
      ['customPictureFormatCount', 'u32'],
      ['rest', 'rest'],
    ],
  },
  PortRes: {
    id: 0x0045,
    from: 'device',
    fields: [
      ['conferenceId', 'u32'],
      ['callReference', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['ipAddr', 'address'],
      ['portNumber', 'u32'],
      ['RTCPPortNumber', 'u32'],
      ['mediaType', 'u32', { since: 19 }],
    ],
  },
  SubscriptionStatReq: {
    id: 0x0048,
    from: 'device',
    fields: [
      ['transactionId', 'u32'],
      ['subscriptionFeatureID', 'u32'],
      ['timer', 'u32'],
      ['subscriptionID', 'text', 64],
    ],
  },
  MediaPathEvent: {
    id: 0x0049,
    from: 'device',
    fields: [
      ['mediaPathID', 'u32'],
      ['mediaPathEvent', 'u32'],
    ],
  },
  MediaPathCapability: {
    id: 0x004a,
    from: 'device',
    fields: [
      ['mediaPathID', 'u32'],
      ['mediaPathCapabilities', 'u32'],
    ],
  },
  RegisterAck: {
    id: 0x0081,
    from: 'server',
    fields: [
      ['keepAliveInterval', 'u32'],
      ['dateTemplate', 'text', 6],
      ['alignmentPadding', 'u16'],
      ['secondaryKeepAliveInterval', 'u32'],
      ['maxProtocolVer', 'u8'],
      ['unknown', 'u8'],
      ['phoneFeatures', 'u16'],
    ],
  },
  StartTone: {
    id: 0x0082,
    from: 'server',
    fields: [
      ['tone', 'u32'],
      ['tone_output_direction', 'u32'],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  StopTone: {
    id: 0x0083,
    from: 'server',
    fields: [
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
      ['tone', 'u32', { since: 11 }],
    ],
  },
  SetRinger: {
    id: 0x0085,
    from: 'server',
    fields: [
      ['ringMode', 'u32'],
      ['ringDuration', 'u32'],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  SetLamp: {
    id: 0x0086,
    from: 'server',
    fields: [
      ['stimulus', 'u32'],
      ['stimulusInstance', 'u32'],
      ['lampMode', 'u32'],
    ],
  },
  SetHookFlashDetect: {
    id: 0x0087,
    from: 'server',
    fields: [],
  },
  SetSpeakerMode: {
    id: 0x0088,
    from: 'server',
    fields: [['speakerMode', 'u32']],
  },
  SetMicroMode: {
    id: 0x0089,
    from: 'server',
    fields: [['micMode', 'u32']],
  },
  StartMediaTransmission: {
    id: 0x008a,
    from: 'server',
    fields: [
      ['conferenceId', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['remoteIpAddr', 'address'],
      ['remotePortNumber', 'u32'],
      ['milliSecondPacketSize', 'u32'],
      ['compressionType', 'u32'],
      ['qualifierOut', 'struct', 'QualifierOut'],
      ['callReference', 'u32'],
      ['mTxMediaEncryptionKeyInfo', 'struct', 'KeyInfo'],
      ['streamPassThroughId', 'u32'],
      ['associatedStreamId', 'u32'],
      ['RFC2833PayloadType', 'u32'],
      ['dtmfType', 'u32'],
      ['mixingMode', 'u32'],
      ['partyDirection', 'u32', { since: 15 }],
      ['latentCapsInfo', 'struct', 'LatentCapabilities', { since: 21 }],
    ],
  },
  StopMediaTransmission: {
    id: 0x008b,
    from: 'server',
    fields: [
      ['conferenceId', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['callReference', 'u32'],
      ['portHandlingFlag', 'u32'],
    ],
  },
  CallInfo: {
    id: 0x008f,
    from: 'server',
    fields: [
      ['callingPartyName', 'text', 40],
      ['callingParty', 'text', 24],
      ['calledPartyName', 'text', 40],
      ['calledParty', 'text', 24],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
      ['callType', 'u32'],
      ['originalCalledPartyName', 'text', 40],
      ['originalCalledParty', 'text', 24],
      ['lastRedirectingPartyName', 'text', 40],
      ['lastRedirectingParty', 'text', 24],
      ['originalCdpnRedirectReason', 'u32'],
      ['lastRedirectingReason', 'u32'],
      ['cgpnVoiceMailbox', 'text', 24],
      ['cdpnVoiceMailbox', 'text', 24],
      ['originalCdpnVoiceMailbox', 'text', 24],
      ['lastRedirectingVoiceMailbox', 'text', 24],
      ['callInstance', 'u32'],
      ['callSecurityStatus', 'u32'],
      ['partyPIRestrictionBits', 'u32'],
    ],
  },
  ForwardStatRes: {
    id: 0x0090,
    from: 'server',
    fields: [
      ['activeForward', 'u32'],
      ['lineNumber', 'u32'],
      ['forwardAllActive', 'u32'],
      ['forwardAllDirnum', 'dirnum'],
      ['forwardBusyActive', 'u32'],
      ['forwardBusyDirnum', 'dirnum'],
      ['forwardNoAnswerActive', 'u32'],
      ['forwardNoAnswerlDirnum', 'dirnum'],
    ],
  },
  SpeedDialStatRes: {
    id: 0x0091,
    from: 'server',
    fields: [
      ['speedDialNumber', 'u32'],
      ['speedDialDirNumber', 'text', 24],
      ['speedDialDisplayName', 'text', 40],
    ],
  },
  LineStatRes: {
    id: 0x0092,
    from: 'server',
    fields: [
      ['lineNumber', 'u32'],
      ['lineDirNumber', 'text', 24],
      ['lineFullyQualifiedDisplayName', 'text', 40],
      ['lineTextLabel', 'text', 40],
      ['lineDisplayOptions', 'u32'],
    ],
  },
  ConfigStatRes: {
    id: 0x0093,
    from: 'server',
    fields: [
      ['sid', 'struct', 'DeviceId'],
      ['userName', 'text', 40],
      ['serverName', 'text', 40],
      ['numberOfLines', 'u32'],
      ['numberOfSpeedDials', 'u32'],
    ],
  },
  TimeDateRes: {
    id: 0x0094,
    from: 'server',
    fields: [
      ['timeDataInfo', 'struct', 'TimeAndDate'],
      ['systemTime', 'u32'],
    ],
  },
  ButtonTemplateRes: {
    id: 0x0097,
    from: 'server',
    fields: [
      [
        'buttonTemplate',
        'struct',
        [
          ['buttonOffset', 'u32'],
          ['buttonCount', 'u32'],
          ['totalButtonCount', 'u32'],
          [
            'definition',
            'list',
            {
              count: 'totalButtonCount',
              max: 42,
              of: [
                ['instanceNumber', 'u8'],
                ['buttonDefinition', 'u8'],
              ],
            },
          ],
        ],
      ],
    ],
  },
  VersionRes: {
    id: 0x0098,
    from: 'server',
    fields: [['versionStr', 'text', 16]],
  },
  DisplayText: {
    id: 0x0099,
    from: 'server',
    fields: [['text', 'text', 32]],
  },
  ClearDisplay: {
    id: 0x009a,
    from: 'server',
    fields: [],
  },
  CapabilitiesReq: {
    id: 0x009b,
    from: 'server',
    fields: [],
  },
  RegisterReject: {
    id: 0x009d,
    from: 'server',
    fields: [['text', 'text', 32]],
  },
  ServerRes: {
    id: 0x009e,
    from: 'server',
    fields: [
      ['server', 'list', { max: 5, of: [['ServerName', 'text', 48]] }],
      ['serverTcpListenPort', 'list', { max: 5, of: 'u32' }],
      ['serverIpAddr', 'list', { max: 5, of: [['stationIpAddr', 'address']] }, { tail: true }],
    ],
  },
  Reset: {
    id: 0x009f,
    from: 'server',
    fields: [['resetType', 'u32']],
  },
  KeepAliveAck: {
    id: 0x0100,
    from: 'server',
    fields: [],
  },
  OpenReceiveChannel: {
    id: 0x0105,
    from: 'server',
    fields: [
      ['conferenceId', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['milliSecondPacketSize', 'u32'],
      ['compressionType', 'u32'],
      ['qualifierIn', 'struct', 'QualifierIn'],
      ['callReference', 'u32'],
      ['mRxMediaEncryptionKeyInfo', 'struct', 'KeyInfo'],
      ['streamPassThroughId', 'u32'],
      ['associatedStreamId', 'u32'],
      ['RFC2833PayloadType', 'u32'],
      ['dtmfType', 'u32'],
      ['mixingMode', 'u32', { since: 11 }],
      ['partyDirection', 'u32', { since: 11 }],
      ['sourceIpAddr', 'address', { since: 11 }],
      ['sourcePortNumber', 'u32', { since: 11 }],
      ['requestedIpAddrType', 'u32', { since: 16 }],
      ['audioLevelAdjustment', 'i32', { since: 17, tail: true }],
      ['latentCapsInfo', 'struct', 'LatentCapabilities', { since: 21, tail: true }],
    ],
  },
  CloseReceiveChannel: {
    id: 0x0106,
    from: 'server',
    fields: [
      ['conferenceId', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['callReference', 'u32'],
      ['portHandlingFlag', 'u32'],
    ],
  },
  ConnectionStatisticsReq: {
    id: 0x0107,
    from: 'server',
    fields: [
      ['directoryNum', 'text', 24, { until: 17 }],
      ['directoryNum', 'text', 28, { since: 18 }],
      ['callReference', 'u32'],
      ['statsProcessingMode', 'u32'],
    ],
  },
  SoftKeyTemplateRes: {
    id: 0x0108,
    from: 'server',
    fields: [
      [
        'softKeyTemplate',
        'struct',
        [
          ['softKeyOffset', 'u32'],
          ['softKeyCount', 'u32'],
          ['totalSoftKeyCount', 'u32'],
          [
            'definition',
            'list',
            {
              count: 'totalSoftKeyCount',
              max: 32,
              of: [
                ['softKeyLabel', 'text', 16],
                ['softKeyEvent', 'u32'],
              ],
            },
          ],
        ],
      ],
    ],
  },
  SoftKeySetRes: {
    id: 0x0109,
    from: 'server',
    fields: [
      [
        'softKeySets',
        'struct',
        [
          ['softKeySetOffset', 'u32'],
          ['softKeySetCount', 'u32'],
          ['totalSoftKeySetCount', 'u32'],
          [
            'definition',
            'list',
            {
              count: 'totalSoftKeySetCount',
              max: 16,
              of: [
                ['softKeyTemplateIndex', 'list', { max: 16, of: 'u8' }],
                ['softKeyInfoIndex', 'list', { max: 16, of: 'u16' }],
              ],
            },
          ],
        ],
      ],
    ],
  },
  SelectSoftKeys: {
    id: 0x0110,
    from: 'server',
    fields: [
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
      ['softKeySetIndex', 'u32'],
      ['validKeyMask', 'u32'],
    ],
  },
  CallState: {
    id: 0x0111,
    from: 'server',
    fields: [
      ['callState', 'u32'],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
      ['privacy', 'u32'],
      ['precedence', 'struct', 'Precedence'],
    ],
  },
  DisplayPromptStatus: {
    id: 0x0112,
    from: 'server',
    fields: [
      ['timeOutValue', 'u32'],
      ['promptStatus', 'text', 32],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  ClearPromptStatus: {
    id: 0x0113,
    from: 'server',
    fields: [
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  DisplayNotify: {
    id: 0x0114,
    from: 'server',
    fields: [
      ['timeOutValue', 'u32'],
      ['notify', 'text', 32],
    ],
  },
  ClearNotify: {
    id: 0x0115,
    from: 'server',
    fields: [],
  },
  ActivateCallPlane: {
    id: 0x0116,
    from: 'server',
    fields: [['lineInstance', 'u32']],
  },
  DeactivateCallPlane: {
    id: 0x0117,
    from: 'server',
    fields: [],
  },
  UnregisterAck: {
    id: 0x0118,
    from: 'server',
    fields: [['status', 'u32']],
  },
  BackSpaceRes: {
    id: 0x0119,
    from: 'server',
    fields: [
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  RegisterTokenAck: {
    id: 0x011a,
    from: 'server',
    fields: [],
  },
  RegisterTokenReject: {
    id: 0x011b,
    from: 'server',
    fields: [['waitTimeBeforeNextReq', 'u32']],
  },
  DialedNumber: {
    id: 0x011d,
    from: 'server',
    fields: [
      ['dialedNumber', 'dirnum'],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  UserToDeviceData: {
    id: 0x011e,
    from: 'server',
    fields: [['userToDeviceData', 'struct', 'UserData']],
  },
  FeatureStatRes: {
    id: 0x011f,
    from: 'server',
    fields: [
      ['featureIndex', 'u32'],
      ['featureID', 'u32'],
      ['featureTextLabel', 'text', 40],
      ['featureStatus', 'u32'],
    ],
  },
  DisplayPriNotify: {
    id: 0x0120,
    from: 'server',
    fields: [
      ['timeOutValue', 'u32'],
      ['priority', 'u32'],
      ['notify', 'text', 32],
    ],
  },
  ClearPriNotify: {
    id: 0x0121,
    from: 'server',
    fields: [['priority', 'u32']],
  },
  StartAnnouncement: {
    id: 0x0122,
    from: 'bridge-or-server',
    fields: [
      [
        'AnnList',
        'list',
        {
          max: 32,
          of: [
            ['locale', 'u32'],
            ['country', 'u32'],
            ['toneAnnouncement', 'u32'],
          ],
        },
      ],
      ['annAckReq', 'u32'],
      ['conferenceId', 'u32'],
      ['matrixConfPartyID', 'list', { max: 16, of: 'u32' }],
      ['hearingConfPartyMask', 'u32'],
      ['annPlayMode', 'u32'],
    ],
  },
  StopAnnouncement: {
    id: 0x0123,
    from: 'bridge-or-server',
    fields: [['conferenceId', 'u32']],
  },
  AnnouncementFinish: {
    id: 0x0124,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['annStatus', 'u32'],
    ],
  },
  NotifyDtmfTone: {
    id: 0x0127,
    from: 'bridge-or-server',
    fields: [
      ['tone', 'u32'],
      ['conferenceId', 'u32'],
      ['passthruPartyID', 'u32'],
    ],
  },
  SendDtmfTone: {
    id: 0x0128,
    from: 'server',
    fields: [
      ['tone', 'u32'],
      ['conferenceId', 'u32'],
      ['passthruPartyID', 'u32'],
    ],
  },
  SubscribeDtmfPayloadReq: {
    id: 0x0129,
    from: 'server',
    fields: [
      ['payloadDtmf', 'u32'],
      ['conferenceId', 'u32'],
      ['passthruPartyID', 'u32'],
      ['dtmfType', 'u32'],
    ],
  },
  SubscribeDtmfPayloadRes: {
    id: 0x012a,
    from: 'server',
    fields: [
      ['payloadDtmf', 'u32'],
      ['conferenceId', 'u32'],
      ['passthruPartyID', 'u32'],
    ],
  },
  SubscribeDtmfPayloadErr: {
    id: 0x012b,
    from: 'server',
    fields: [
      ['payloadDtmf', 'u32'],
      ['conferenceId', 'u32'],
      ['passthruPartyID', 'u32'],
    ],
  },
  UnSubscribeDtmfPayloadReq: {
    id: 0x012c,
    from: 'server',
    fields: [
      ['payloadDtmf', 'u32'],
      ['conferenceId', 'u32'],
      ['passthruPartyID', 'u32'],
      ['dtmfType', 'u32'],
    ],
  },
  UnSubscribeDtmfPayloadRes: {
    id: 0x012d,
    from: 'server',
    fields: [
      ['payloadDtmf', 'u32'],
      ['conferenceId', 'u32'],
      ['passthruPartyID', 'u32'],
    ],
  },
  UnSubscribeDtmfPayloadErr: {
    id: 0x012e,
    from: 'server',
    fields: [
      ['payloadDtmf', 'u32'],
      ['conferenceId', 'u32'],
      ['passthruPartyID', 'u32'],
    ],
  },
  ServiceURLStatRes: {
    id: 0x012f,
    from: 'server',
    fields: [
      ['serviceURLIndex', 'u32'],
      ['serviceURL', 'text', 256],
      ['serviceURLDisplayName', 'text', 40],
    ],
  },
  CallSelectStatRes: {
    id: 0x0130,
    from: 'server',
    fields: [
      ['callSelectStat', 'u32'],
      ['callReference', 'u32'],
      ['lineInstance', 'u32'],
    ],
  },
  CreateConferenceReq: {
    id: 0x0137,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['numberOfReservedParticipants', 'u32'],
      ['resourceType', 'u32'],
      ['applicationId', 'u32'],
      ['appConfID', 'text', 32],
      ['appData', 'text', 24],
      ['dataLength', 'u32'],
      ['passThruData', 'blob', { length: 'dataLength', max: 2000 }],
    ],
  },
  DeleteConferenceReq: {
    id: 0x0138,
    from: 'bridge-or-server',
    fields: [['conferenceId', 'u32']],
  },
  ModifyConferenceReq: {
    id: 0x0139,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['numberOfReservedParticipants', 'u32'],
      ['applicationId', 'u32'],
      ['appConfID', 'text', 32],
      ['appData', 'text', 24],
      ['dataLength', 'u32'],
      ['passThruData', 'blob', { length: 'dataLength', max: 2000 }],
    ],
  },
  AddParticipantReq: {
    id: 0x013a,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['callReference', 'u32'],
      ['partyPIRestrictionBits', 'u32'],
      ['participantName', 'text', 40],
      ['participantNumber', 'text', 24],
      ['conferenceName', 'text', 32],
    ],
  },
  DropParticipantReq: {
    id: 0x013b,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  AuditConferenceReq: {
    id: 0x013c,
    from: 'bridge-or-server',
    fields: [],
  },
  AuditParticipantReq: {
    id: 0x013d,
    from: 'bridge-or-server',
    fields: [['conferenceId', 'u32']],
  },
  ChangeParticipantReq: {
    id: 0x013e,
    from: 'bridge-or-server',
    fields: [
      ['conferenceId', 'u32'],
      ['callReference', 'u32'],
      ['partyPIRestrictionBits', 'u32'],
      ['participantName', 'text', 40],
      ['participantNumber', 'text', 24],
      ['conferenceName', 'text', 32],
    ],
  },
  UserToDeviceDataVersion1: {
    id: 0x013f,
    from: 'server',
    fields: [['userToDeviceDataVersion1', 'struct', 'UserDataVersion1']],
  },
  ConfigStatV2Res: {
    id: 0x0142,
    from: 'server',
    dynamic: true,
    fields: [
      ['sid', 'struct', 'DeviceId'],
      ['numberOfLines', 'u32'],
      ['numberOfSpeedDials', 'u32'],
      ['userName', 'text', 121],
      ['serverName', 'text', 121],
    ],
  },
  DisplayNotifyV2: {
    id: 0x0143,
    from: 'server',
    dynamic: true,
    fields: [
      ['timeOutValue', 'u32'],
      ['notify', 'text', 97],
    ],
  },
  DisplayPriNotifyV2: {
    id: 0x0144,
    from: 'server',
    dynamic: true,
    fields: [
      ['timeOutValue', 'u32'],
      ['priority', 'u32'],
      ['notify', 'text', 97],
    ],
  },
  DisplayPromptStatusV2: {
    id: 0x0145,
    from: 'server',
    dynamic: true,
    fields: [
      ['timeOutValue', 'u32'],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
      ['promptStatus', 'text', 97],
    ],
  },
  FeatureStatV2Res: {
    id: 0x0146,
    from: 'server',
    dynamic: true,
    fields: [
      ['featureIndex', 'u32'],
      ['featureID', 'u32'],
      ['featureStatus', 'u32'],
      ['featureTextLabel', 'text', 121],
    ],
  },
  LineStatV2Res: {
    id: 0x0147,
    from: 'server',
    dynamic: true,
    fields: [
      ['lineNumber', 'u32'],
      ['lineType', 'u32'],
      ['lineDirNumber', 'text', 25],
      ['lineFullyQualifiedDisplayName', 'text', 40],
      ['lineTextLabel', 'text', 40],
    ],
  },
  ServiceURLStatV2Res: {
    id: 0x0148,
    from: 'server',
    dynamic: true,
    fields: [['serviceURLIndex', 'u32']],
  },
  SpeedDialStatV2Res: {
    id: 0x0149,
    from: 'server',
    dynamic: true,
    fields: [
      ['speedDialNumber', 'u32'],
      ['speedDialDirNumber', 'text', 24],
      ['speedDialDisplayName', 'text', 40],
    ],
  },
  CallInfoV2: {
    id: 0x014a,
    from: 'server',
    dynamic: true,
    fields: [
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
      ['callType', 'u32'],
      ['originalCdpnRedirectReason', 'u32'],
      ['lastRedirectingReason', 'u32'],
      ['callInstance', 'u32'],
      ['callSecurityStatus', 'u32'],
      ['partyPIRestrictionBits', 'u32'],
      ['callingParty', 'dirnum'],
      ['AlternateCallingParty', 'dirnum'],
      ['calledParty', 'dirnum'],
      ['originalCalledParty', 'dirnum'],
      ['lastRedirectingParty', 'dirnum'],
      ['cgpnVoiceMailbox', 'dirnum'],
      ['cdpnVoiceMailbox', 'dirnum'],
      ['originalCdpnVoiceMailbox', 'dirnum'],
      ['lastRedirectingVoiceMailbox', 'dirnum'],
      ['callingPartyName', 'text', 121],
      ['calledPartyName', 'text', 121],
      ['originalCalledPartyName', 'text', 121],
      ['lastRedirectingPartyName', 'text', 121],
      ['HuntPilotNumber', 'dirnum', { since: 17 }],
      ['HuntPilotName', 'text', 121, { since: 17 }],
    ],
  },
  PortReq: {
    id: 0x014b,
    from: 'server',
    fields: [
      ['conferenceId', 'u32'],
      ['callReference', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['mediaTransportType', 'u32'],
      ['ipAddressType', 'u32'],
      ['mediaType', 'u32'],
    ],
  },
  PortClose: {
    id: 0x014c,
    from: 'server',
    fields: [
      ['conferenceId', 'u32'],
      ['callReference', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['mediaType', 'u32'],
    ],
  },
  SubscriptionStatRes: {
    id: 0x0152,
    from: 'server',
    fields: [
      ['transactionId', 'u32'],
      ['subscriptionFeatureID', 'u32'],
      ['timer', 'u32'],
      ['cause', 'u32'],
    ],
  },
  Notification: {
    id: 0x0153,
    from: 'server',
    fields: [
      ['transactionId', 'u32'],
      ['subscriptionFeatureID', 'u32'],
      ['notificationStatus', 'u32'],
      ['text', 'text', 97],
    ],
  },
  /** From the device, although analysers list it among the server's: it answers one of those. */
  StartMediaTransmissionAck: {
    id: 0x0154,
    from: 'device',
    fields: [
      ['conferenceId', 'u32'],
      ['passThroughPartyId', 'u32'],
      ['callReference', 'u32'],
      ['transmitIpAddr', 'address'],
      ['portNumber', 'u32'],
      ['mediaTransmissionStatus', 'u32'],
    ],
  },
  CallHistoryInfo: {
    id: 0x0156,
    from: 'server',
    fields: [
      ['callHistoryDisposition', 'u32'],
      ['lineInstance', 'u32'],
      ['callReference', 'u32'],
    ],
  },
  AddOnDeviceCapabilities: {
    id: 0x0159,
    from: 'device',
    fields: [
      ['unknown1_0159', 'u32'],
      ['unknown2_0159', 'u32'],
      ['unknown3_0159', 'u32'],
      ['unknownString_0159', 'text', 152],
    ],
  },
  /** From the device, although analysers list it among the server's: phones report with it. */
  EnhancedAlarm: {
    id: 0x015a,
    from: 'device',
    dynamic: true,
    fields: [['alarmInfo', 'text', 4096]],
  },
  CallCountReq: {
    id: 0x015e,
    from: 'bridge-or-server',
    fields: [],
  },
  CallCountResp: {
    id: 0x015f,
    from: 'bridge-or-server',
    fields: [
      ['totalNumOfConfiguredLines', 'u32'],
      ['startingLineInstance', 'u32'],
      ['lineDataEntries', 'u32'],
      [
        'lineData',
        'list',
        {
          count: 'lineDataEntries',
          max: 42,
          of: [
            ['maxNumCalls', 'u16'],
            ['busyTrigger', 'u16'],
          ],
        },
      ],
    ],
  },
  RecordingStatus: {
    id: 0x0160,
    from: 'server',
    fields: [
      ['callReference', 'u32'],
      ['recording_status', 'u32'],
    ],
  },
} as const;
