/**
 * Groups of fields that several messages share, each written once. `messages.ts` explains the form.
 *
 * Source: [observed] a public packet analyser's protocol table, version 4.0.
 */

export const STRUCTS = {
  /** For G.723.1 the first byte is its bit rate (1 for 5.3 kbit/s, 2 for 6.3); the others are 0. */
  CodecParameters: [
    ['codecMode', 'u8'],
    ['dynamicPayload', 'u8'],
    ['codecParam1', 'u8'],
    ['codecParam2', 'u8'],
  ],

  DeviceId: [
    ['DeviceName', 'text', 16],
    ['reserved_for_future_use', 'u32'],
    ['instance', 'u32'],
  ],

  UserData: [
    ['applicationId', 'u32'],
    ['lineInstance', 'u32'],
    ['callReference', 'u32'],
    ['transactionId', 'u32'],
    ['dataLength', 'u32'],
    ['xmldata', 'blob', { length: 'dataLength', max: 2000 }],
  ],

  UserDataVersion1: [
    ['applicationId', 'u32'],
    ['lineInstance', 'u32'],
    ['callReference', 'u32'],
    ['transactionId', 'u32'],
    ['dataLength', 'u32'],
    ['sequenceFlag', 'u32'],
    ['displayPriority', 'u32'],
    ['conferenceId', 'u32'],
    ['appInstanceID', 'u32'],
    ['routingID', 'u32'],
    ['xmldata', 'blob', { length: 'dataLength', max: 2000 }],
  ],

  QualifierOut: [
    ['precedenceValue', 'u32'],
    ['ssValue', 'u32'],
    ['maxFramesPerPacket', 'u16'],
    ['padding', 'u16'],
    ['g723BitRate', 'u32', { until: 10 }],
    ['codecParams', 'struct', 'CodecParameters', { since: 11 }],
  ],

  KeyInfo: [
    ['algorithmID', 'u32'],
    ['keylen', 'u16'],
    ['saltlen', 'u16'],
    ['key', 'sized', { length: 'keylen', max: 16 }],
    ['salt', 'sized', { length: 'saltlen', max: 16 }],
    ['isMKIPresent', 'u32'],
    ['keyDerivationRate', 'u32'],
  ],

  LatentCapabilities: [
    ['active', 'u32'],
    [
      'modemRelay',
      'struct',
      [
        ['capAndVer', 'u32'],
        ['modAnd2833', 'u32'],
      ],
    ],
    [
      'sprtPayload',
      'struct',
      [
        ['chan0MaxPayload', 'u16'],
        ['chan2MaxPayload', 'u16'],
        ['chan3MaxPayload', 'u16'],
        ['chan2MaxWindow', 'u16'],
      ],
    ],
    [
      'sse',
      'struct',
      [
        ['standard', 'u32'],
        ['vendor', 'u32'],
      ],
    ],
    [
      'payloadParam',
      'struct',
      [
        ['nse', 'u8'],
        ['rfc2833', 'u8'],
        ['sse', 'u8'],
        ['v150sprt', 'u8'],
        ['noaudio', 'u8'],
        ['FutureUse1', 'u8'],
        ['FutureUse2', 'u8'],
        ['FutureUse3', 'u8'],
      ],
    ],
  ],

  TimeAndDate: [
    ['wYear', 'u32'],
    ['wMonth', 'u32'],
    ['wDayOfWeek', 'u32'],
    ['wDay', 'u32'],
    ['wHour', 'u32'],
    ['wMinute', 'u32'],
    ['wSecond', 'u32'],
    ['wMilliseconds', 'u32'],
  ],

  QualifierIn: [
    ['ecValue', 'u32'],
    ['g723BitRate', 'u32', { until: 10 }],
    ['codecParams', 'struct', 'CodecParameters', { since: 11 }],
  ],

  Precedence: [
    ['precedenceLevel', 'u32'],
    ['precedenceDomain', 'u32'],
  ],

  /** `PAYLOADS` are codec parameters whose meaning depends on the codec; they are kept as bytes. */
  AudioCapability: [
    ['payloadCapability', 'u32'],
    ['maxFramesPerPacket', 'u32'],
    ['PAYLOADS', 'bytes', 8],
  ],

  CustomPictureFormat: [
    ['pictureWidth', 'u32'],
    ['pictureHeight', 'u32'],
    ['pixelAspectRatio', 'u32'],
    ['clockConversionCode', 'u32'],
    ['clockDivisor', 'u32'],
  ],

  ServiceResource: [
    ['layoutCount', 'u32'],
    ['layouts', 'list', { count: 'layoutCount', max: 5, of: 'u32' }],
    ['serviceNum', 'u32'],
    ['maxStreams', 'u32'],
    ['maxConferences', 'u32'],
    ['activeConferenceOnRegistration', 'u32'],
  ],

  ConferenceResources: [
    ['activeStreamsOnRegistration', 'u32'],
    ['maxBW', 'u32'],
    ['serviceResourceCount', 'u32'],
    ['serviceResource', 'list', { count: 'serviceResourceCount', max: 4, of: 'ServiceResource' }],
  ],

  /** Audio is taken apart; what follows it (video and data capabilities) is kept as bytes. */
  MultimediaCapabilities: [
    ['audioCapCount', 'u32'],
    ['videoCapCount', 'u32'],
    ['dataCapCount', 'u32'],
    ['rtpPayloadFormat', 'u32'],
    ['customPictureFormatCount', 'u32'],
    [
      'customPictureFormat',
      'list',
      { count: 'customPictureFormatCount', max: 6, of: 'CustomPictureFormat' },
    ],
    ['confResources', 'struct', 'ConferenceResources'],
    ['audiocaps', 'list', { count: 'audioCapCount', max: 18, of: 'AudioCapability' }],
    ['rest', 'rest'],
  ],
} as const;
