/** Runs a script, line by line, and says how each line went. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cast } from './cast.ts';
import { runCommand } from './commands.ts';
import type { Phone } from './phone.ts';
import { PhoneError } from './phone-error.ts';
import type { ScriptLine, ScriptStep } from './script.ts';

/** True when every line came true; the first that does not ends the script. */
export async function runScript(cast: Cast, lines: readonly ScriptLine[]): Promise<boolean> {
  for (const { number, text, step } of lines) {
    try {
      await runStep(cast, step);
      cast.say({ event: 'step', line: number, text, ok: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      const { message } = error as Error;
      const screen = error instanceof PhoneError ? error.screen : '';
      const sentence = error instanceof PhoneError ? error.sentence : message;
      cast.say(
        { event: 'step', line: number, text, ok: false, error: sentence, screen },
        `${number === 0 ? '' : `line ${number}: `}${text}\n  failed: ${message}`,
      );
      return false;
    }
  }
  return true;
}

export async function runStep(cast: Cast, step: ScriptStep): Promise<void> {
  switch (step.type) {
    case 'phone':
      return await cast.declare(step.name, step.declaration);
    case 'sleep':
      await sleep(step.seconds * 1000);
      return;
    case 'print':
      return cast.say({ event: 'print', text: step.text }, step.text);
    case 'command':
      return await command(cast, step.who, step.words);
    case 'wait':
    case 'expect':
    case 'keeps':
      await Promise.all(cast.phones(step.who).map((phone) => check(phone, step)));
  }
}

type Check = Extract<ScriptStep, { readonly type: 'wait' | 'expect' | 'keeps' }>;

async function check(phone: Phone, { type, condition, seconds }: Check): Promise<void> {
  if (type !== 'keeps') {
    return await phone.waitFor(condition.holds, condition.text, seconds * 1000);
  }
  let kept = false;
  try {
    await phone.waitFor((each) => !condition.holds(each), 'a change', seconds * 1000);
  } catch (error) {
    if (!(error instanceof PhoneError) || error.code !== 'PHONE_TIMEOUT') throw error;
    kept = true;
  }
  if (kept) return;
  const sentence = `${phone.name} did not keep: ${condition.text}`;
  throw new PhoneError('PHONE_TIMEOUT', sentence, phone.screenText());
}

async function command(
  cast: Cast,
  who: readonly string[],
  words: readonly string[],
): Promise<void> {
  const [verb, ...rest] = words;
  if (verb === 'register' && rest.length === 0) {
    for (const name of cast.namesOf(who)) await cast.register(name);
  } else if (verb === 'register' || verb === 'refused') {
    const text = (verb === 'register' ? rest.slice(1) : rest).join(' ');
    for (const name of cast.namesOf(who)) await cast.refused(name, text);
  } else if (verb === 'screen') {
    for (const name of cast.namesOf(who)) cast.show(name);
  } else if (verb === 'statistics') {
    for (const name of cast.namesOf(who)) cast.showStatistics(name);
  } else {
    for (const phone of cast.phones(who)) await runCommand(phone, words);
  }
}
