/** Runs a script, line by line, and says how each line went. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cast } from './cast.ts';
import { runCommand } from './commands.ts';
import { PhoneError } from './phone.ts';
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
      cast.say(
        { event: 'step', line: number, text, ok: false, error: message },
        `line ${number}: ${text}\n  failed: ${message}`,
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
    case 'command':
      return await command(cast, step.who, step.words);
    case 'wait':
    case 'expect': {
      const { condition, seconds } = step;
      await Promise.all(
        cast
          .phones(step.who)
          .map((phone) => phone.waitFor(condition.holds, condition.text, seconds * 1000)),
      );
    }
  }
}

async function command(cast: Cast, who: string, words: readonly string[]): Promise<void> {
  const [verb, ...rest] = words;
  const names = who === 'all' ? cast.names : [who];
  if (verb === 'register') for (const name of names) await cast.register(name);
  else if (verb === 'refused') for (const name of names) await cast.refused(name, rest.join(' '));
  else if (verb === 'screen') for (const name of names) cast.show(name);
  else if (verb === 'statistics') for (const name of names) cast.showStatistics(name);
  else await perform(cast, who, words);
}

async function perform(cast: Cast, who: string, words: readonly string[]): Promise<void> {
  const phones = cast.phones(who);
  if (phones.length === 0) throw new PhoneError('no phone is registered');
  for (const phone of phones) await runCommand(phone, words);
}
