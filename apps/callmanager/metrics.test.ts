/*
 * Goal: Prometheus is told what is so, everything that it is told is documented, and what is shipped to look at
 * it and to wake somebody asks for figures that there are. Method: a conference of the rules; the files.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metric } from '@conclave/api';
import { ALARM_CATALOGUE } from '@conclave/telemetry';
import { CoreWorld } from '@conclave/testkit';
import { afterAll, expect, test } from 'vitest';
import { Metrics } from './metrics.ts';

const metrics = new Metrics();
afterAll(() => metrics.close());

function textOf(path: string): string {
  return readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
}

function collected(): readonly Metric[] {
  const w = new CoreWorld({
    phones: ['P1', 'P2', 'P3', 'P4'].map((name) => ({
      name,
      mode: name === 'P3' ? 'nonsecure' : 'encrypted',
    })),
    bridges: [
      { name: 'SB', secure: true },
      { name: 'AB', secure: true },
    ],
  });
  w.confer('P1', 'P2', 'P3');
  w.happen({ type: 'device-unregistered', device: 'AB' });
  w.happen({ type: 'device-unregistered', device: 'P4' });
  return metrics.collect({ state: w.state, alarms: new Map([['MalformedMessage', 2]]) });
}

function valuesOf(name: string): Readonly<Record<string, number>> {
  const samples = collected().find((each) => each.name === name)?.samples ?? [];
  return Object.fromEntries(
    samples.map(({ labels, value }) => [Object.values(labels ?? {}).join(), value]),
  );
}

test('what is registered, what it shows and what its parties are worth', () => {
  expect(valuesOf('conclave_devices_configured')).toMatchObject({ phone: 4, bridge: 2 });
  expect(valuesOf('conclave_devices_registered')).toMatchObject({ phone: 3, bridge: 1 });
  expect(valuesOf('conclave_conferences')).toMatchObject({ nonsecure: 1, encrypted: 0 });
  expect(valuesOf('conclave_conference_parties')).toMatchObject({ nonsecure: 1, encrypted: 2 });
  expect(valuesOf('conclave_bridge_streams')).toEqual({ SB: 3 });
  expect(valuesOf('conclave_alarms_total')).toEqual({ MalformedMessage: 2 });
});

test('what happened is counted', () => {
  const conference = { type: 'level', conference: 1, from: 'encrypted', because: '' } as const;
  metrics.follow({ ...conference, to: 'nonsecure' });
  metrics.follow({ ...conference, to: 'nonsecure' });
  metrics.follow({ type: 'refusal', device: 'P1', operation: 'join', because: '' });
  expect(valuesOf('conclave_level_changes_total')).toEqual({ nonsecure: 2 });
  expect(valuesOf('conclave_refusals_total')).toEqual({ join: 1 });
});

test('every figure is on its page, and nothing else is', () => {
  const told = [...textOf('docs/reference/metrics.md').matchAll(/^\| `(\w+)` +\| (\w+)/gm)]
    .map(([, name, type]) => `${name} ${type}`)
    .sort();
  expect(told).toEqual(
    collected()
      .map(({ name, type }) => `${name} ${type}`)
      .sort(),
  );
});

test.each(['deploy/grafana/conclave.json', 'deploy/prometheus/conclave-alerts.yml'])(
  '%s asks for figures and alarms that there are',
  (path) => {
    const known = new Set(collected().map(({ name }) => name));
    const text = textOf(path);
    const asked = text.match(/\b(?:conclave|process|nodejs)_[a-z0-9_]+/g) ?? [];
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
    const alarms = [...text.matchAll(/name=~?\\?"([A-Za-z|]+)/g)].flatMap(([, names = '']) =>
      names.split('|'),
    );
    const raised = new Set(ALARM_CATALOGUE.map(({ name }) => name));
    expect(alarms.filter((name) => !raised.has(name))).toEqual([]);
  },
);
