/** Plays a scenario with a driver: step by step, judging each from what is to be seen after it. */
import { Cast } from './cast.ts';
import type { ScenarioDriver } from './driver.ts';
import { judge } from './judge.ts';
import { Performer } from './perform.ts';
import { isRefusal } from './phone-texts.ts';
import type { Deed, Scenario, Step } from './scenario.ts';
import type { Snapshot } from './snapshot.ts';
import { type Failure, type Trace, type TraceStep, traceStep } from './trace.ts';

/** What happens by itself: nobody asked for it, so nobody is turned down. */
const WORLD: ReadonlySet<Deed['type']> = new Set([
  'lose',
  'register',
  'capture',
  'announcement',
  'remote',
  'wait',
  'configure',
]);

/** The driver is started here, and closed whatever happens. */
export async function play(scenario: Scenario, driver: ScenarioDriver): Promise<Trace> {
  const { name, proves, cluster } = scenario;
  try {
    await driver.start(cluster);
    await driver.settle();
    const steps = await playSteps(scenario, driver);
    const ok = steps.every((step) => step.failures.length === 0);
    return { scenario: name, proves, ok, steps };
  } finally {
    await driver.close();
  }
}

/** For a driver that is under way already. */
export async function playSteps(
  { cluster, steps }: Pick<Scenario, 'cluster' | 'steps'>,
  driver: ScenarioDriver,
): Promise<readonly TraceStep[]> {
  const cast = new Cast(cluster.configuration);
  const performer = new Performer(driver, cast);
  const done: TraceStep[] = [];
  let before: Snapshot | undefined;
  let number = 0;
  for (const step of steps) {
    if (step.deed) number += 1;
    before ??= step.deed ? await driver.observe() : undefined;
    const obstacle = step.deed && (await performer.perform(step.deed));
    const after = await driver.observe();
    const refused = obstacle ?? (before && refusalIn(before, after));
    const byItself = step.deed !== undefined && WORLD.has(step.deed.type);
    const place = { step: number, line: step.line, did: step.text };
    const seen = { before, after, refused, cast };
    const failures = [
      ...unexpectedRefusal(step, number, byItself ? obstacle : refused),
      ...faultsSince(before, after).map(
        (fault): Failure => ({
          ...{ step: number, line: step.line, expected: 'media that agrees with the rules' },
          ...{ seen: fault, why: '' },
        }),
      ),
      ...step.expect.flatMap((each): readonly Failure[] =>
        judge(each, seen).map((failure) => ({ step: number, line: each.line, ...failure })),
      ),
    ];
    done.push(traceStep({ ...place, ...(refused && { refused }), failures }, before, after));
    before = after;
  }
  return done;
}

function faultsSince(before: Snapshot | undefined, after: Snapshot): readonly string[] {
  return (after.faults ?? []).slice(before?.faults?.length ?? 0);
}

/** A step that was turned down fails, unless what is expected of it speaks of that. */
function unexpectedRefusal(
  step: Step,
  number: number,
  refused: string | undefined,
): readonly Failure[] {
  const foreseen = step.expect.some(
    (each) =>
      each.type === 'refused' ||
      each.type === 'cause' ||
      each.type === 'record' ||
      (each.type === 'phone' && (each.wants.text ?? each.wants.prompt) !== undefined),
  );
  if (refused === undefined || foreseen) return [];
  const expected = 'the step to be carried out (else expect `refused: true`)';
  return [{ step: number, line: step.line, expected, seen: refused, why: '' }];
}

/** The text of a phone that says no and did not before, or what the rules noted. */
function refusalIn(before: Snapshot, after: Snapshot): string | undefined {
  for (const [index, phone] of after.phones.entries()) {
    const earlier = before.phones[index];
    const texts = phone.texts.slice(earlier?.texts.length ?? 0);
    const prompts = phone.calls
      .filter(
        (call) => !earlier?.calls.some((one) => one.ref === call.ref && one.prompt === call.prompt),
      )
      .map((call) => call.prompt);
    const text = [...texts, ...prompts].find(isRefusal);
    if (text !== undefined) return `${phone.name}: ${text}`;
  }
  const noted = after.refusals[before.refusals.length];
  return noted && `${noted.phone}: ${noted.text || noted.sentence}`;
}
