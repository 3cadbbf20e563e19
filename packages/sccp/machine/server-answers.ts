/** What a phone asks about itself after registration, and the answers (sccp.md, "Versions"). */

import { standardSoftKeySets, standardSoftKeyTemplate } from '../wire/softkey-templates.ts';
import type { AnyMessage, BodyInput, MessageName } from '../wire/types.ts';
import type { ServerOutput, StationFacts } from './server-session.ts';

/** From this version on lines and speed dials are told in the dynamic messages. */
const DYNAMIC_STATUS_VERSION = 17;

/** Buttons that a template always lists; unused ones say so. */
const BUTTONS_MAX = 42;

const BUTTON_LINE = 9;
const BUTTON_UNUSED = 255;

export interface AnswerContext {
  readonly version: number;
  readonly nowMs: number;
}

/** The answers to a question; undefined when the message is no question about the device itself. */
export function answerQuestion(
  message: AnyMessage,
  deviceName: string,
  facts: StationFacts,
  { version, nowMs }: AnswerContext,
): readonly ServerOutput[] | undefined {
  switch (message.name) {
    case 'ButtonTemplateReq':
      return [send('ButtonTemplateRes', buttonTemplate(facts))];
    case 'SoftKeyTemplateReq':
      return [send('SoftKeyTemplateRes', standardSoftKeyTemplate())];
    case 'SoftKeySetReq':
      return [
        send('SoftKeySetRes', standardSoftKeySets()),
        send('SelectSoftKeys', { softKeySetIndex: 0, validKeyMask: 0xffff_ffff }),
      ];
    case 'ConfigStatReq':
      return [
        send('ConfigStatRes', {
          sid: { DeviceName: deviceName, reserved_for_future_use: 0, instance: 1 },
          userName: facts.lines[0]?.displayName ?? '',
          serverName: facts.serverName,
          numberOfLines: facts.lines.length,
          numberOfSpeedDials: 0,
        }),
      ];
    case 'LineStatReq':
      return [lineStatus(message.body.lineNumber, facts, version)];
    case 'ForwardStatReq':
      return [send('ForwardStatRes', { lineNumber: message.body.lineNumber })];
    case 'SpeedDialStatReq':
      return [send('SpeedDialStatRes', { speedDialNumber: message.body.speedDialNumber })];
    case 'TimeDateReq':
      return [send('TimeDateRes', timeAndDate(nowMs))];
    case 'VersionReq':
      return [send('VersionRes', { versionStr: '' })];
    case 'ServerReq':
      return [send('ServerRes', {})];
    case 'FeatureStatReq':
      return [send('FeatureStatRes', { featureIndex: message.body.featureIndex })];
    case 'ServiceURLStatReq':
      return [send('ServiceURLStatRes', { serviceURLIndex: message.body.serviceURLIndex })];
    default:
      return undefined;
  }
}

function send<N extends MessageName>(name: N, body: BodyInput<N>): ServerOutput {
  return { type: 'send', name, body } as ServerOutput;
}

function buttonTemplate(facts: StationFacts): BodyInput<'ButtonTemplateRes'> {
  const lines = facts.lines.length;
  const definition = Array.from({ length: BUTTONS_MAX }, (_, index) =>
    index < lines
      ? { instanceNumber: index + 1, buttonDefinition: BUTTON_LINE }
      : { instanceNumber: 0, buttonDefinition: BUTTON_UNUSED },
  );
  return {
    buttonTemplate: { buttonOffset: 0, buttonCount: lines, totalButtonCount: lines, definition },
  };
}

function lineStatus(line: number, facts: StationFacts, version: number): ServerOutput {
  const found = facts.lines.find((each) => each.index === line);
  const texts = {
    lineNumber: line,
    lineDirNumber: found?.directoryNumber ?? '',
    lineFullyQualifiedDisplayName: found?.displayName ?? '',
    lineTextLabel: found?.label || found?.directoryNumber || '',
  };
  return version >= DYNAMIC_STATUS_VERSION
    ? send('LineStatV2Res', { ...texts, lineType: 0 })
    : send('LineStatRes', { ...texts, lineDisplayOptions: 0 });
}

/** UTC: the phone adds the offset of its own date and time group. */
function timeAndDate(nowMs: number): BodyInput<'TimeDateRes'> {
  const date = new Date(nowMs);
  return {
    timeDataInfo: {
      wYear: date.getUTCFullYear(),
      wMonth: date.getUTCMonth() + 1,
      wDayOfWeek: date.getUTCDay(),
      wDay: date.getUTCDate(),
      wHour: date.getUTCHours(),
      wMinute: date.getUTCMinutes(),
      wSecond: date.getUTCSeconds(),
      wMilliseconds: date.getUTCMilliseconds(),
    },
    systemTime: Math.floor(nowMs / 1000),
  };
}
