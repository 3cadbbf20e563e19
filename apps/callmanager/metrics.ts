/**
 * What a Prometheus server is told (docs/reference/metrics.md). Labels are bounded by the configuration or by
 * lists of ours, so that no caller can add a series.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Metric, MetricSample } from '@conclave/api';
import { bridgeLoad, type CallDetailRecord, type Leg, type State } from '@conclave/core';
import type { CallManagerNews } from './news.ts';

export interface MetricsSource {
  readonly state: State;
  /** Since the start, by name. */
  readonly alarms: ReadonlyMap<string, number>;
}

const LEVELS = ['unknown', 'nonsecure', 'authenticated', 'encrypted'] as const;

const LEG_STATES: readonly Leg['state'][] = [
  ...(['dialing', 'proceeding', 'ring-out', 'ring-in', 'connected', 'held', 'failed'] as const),
];

const NANOSECONDS = 1e9;

/** What has happened since the start; a gauge between two scrapes would miss it. */
export class Metrics {
  readonly #levelChanges = new Map<string, number>();
  readonly #refusals = new Map<string, number>();
  readonly #records = new Map<string, number>();
  /** How late the event loop was, every 20 ms, since the last scrape. */
  readonly #lateness = monitorEventLoopDelay({ resolution: 20 });

  constructor() {
    this.#lateness.enable();
  }

  follow(news: CallManagerNews): void {
    if (news.type === 'level') countOne(this.#levelChanges, news.to);
    // An operation is a word of the rules, never a caller's.
    if (news.type === 'refusal') countOne(this.#refusals, news.operation);
  }

  recorded({ securedStatus }: CallDetailRecord): void {
    countOne(this.#records, securedStatus);
  }

  close(): void {
    this.#lateness.disable();
  }

  collect({ state, alarms }: MetricsSource): readonly Metric[] {
    return [
      ...devices(state),
      ...traffic(state),
      ...bridges(state),
      counter('conclave_level_changes_total', 'Levels told, by what was told', 'to', [
        ...this.#levelChanges,
      ]),
      counter('conclave_refusals_total', 'What was refused, by operation', 'operation', [
        ...this.#refusals,
      ]),
      counter('conclave_call_records_total', 'Records, by highest level', 'level', [
        ...this.#records,
      ]),
      counter('conclave_alarms_total', 'Alarms, by name', 'name', [...alarms]),
      counter('conclave_failed_allocations_total', 'Conferences that found no bridge', undefined, [
        ['', state.counters.failedAllocations],
      ]),
      counter('conclave_refused_joins_total', 'Parties below a minimum level', undefined, [
        ['', state.counters.refusedJoins],
      ]),
      ...this.#process(),
    ];
  }

  #process(): readonly Metric[] {
    const { user, system } = process.cpuUsage();
    const late = this.#lateness.count === 0 ? 0 : this.#lateness.percentile(99) / NANOSECONDS;
    this.#lateness.reset();
    return [
      gauge('process_resident_memory_bytes', 'Memory in use', [
        { value: process.memoryUsage.rss() },
      ]),
      gauge('process_start_time_seconds', 'When it started, since 1970', [
        { value: Math.round(performance.timeOrigin / 1000) },
      ]),
      counter('process_cpu_seconds_total', 'CPU time', undefined, [['', (user + system) / 1e6]]),
      gauge('nodejs_eventloop_lag_p99_seconds', 'How late work began, since the last scrape', [
        { value: late },
      ]),
    ];
  }
}

function devices({ configuration, phones, bridges, musics }: State): readonly Metric[] {
  const kinds = [
    ['phone', configuration.phones.size, phones.size],
    ['bridge', configuration.bridges.size, bridges.size],
    ['music', configuration.musicServers?.size ?? 0, musics.size],
  ] as const;
  return [
    gauge(
      'conclave_devices_configured',
      'Devices there should be',
      kinds.map(([kind, value]) => ({ labels: { kind }, value })),
    ),
    gauge(
      'conclave_devices_registered',
      'Devices that are there',
      kinds.map(([kind, , value]) => ({ labels: { kind }, value })),
    ),
  ];
}

function traffic({ calls, legs, conferences, captures }: State): readonly Metric[] {
  const all = [...conferences.values()];
  const parties = all.flatMap(({ participants }) => participants);
  return [
    gauge('conclave_calls', 'Calls between two parties', [{ value: calls.size }]),
    gauge(
      'conclave_legs',
      'Legs, by state',
      tally(LEG_STATES, [...legs.values()], ({ state }) => state, 'state'),
    ),
    gauge(
      'conclave_conferences',
      'Conferences by level',
      tally(LEVELS, all, ({ level }) => level, 'level'),
    ),
    gauge(
      'conclave_conference_parties',
      'Parties in conferences, by what each is worth',
      tally(LEVELS, parties, ({ assessment }) => assessment.level, 'level'),
    ),
    gauge('conclave_captures', 'Packet captures that run', [{ value: captures.size }]),
  ];
}

function bridges(state: State): readonly Metric[] {
  const known = [...state.bridges.values()];
  const by = (value: (bridge: (typeof known)[number]) => number): readonly MetricSample[] =>
    known.map((bridge) => ({ labels: { bridge: bridge.name }, value: value(bridge) }));
  return [
    gauge(
      'conclave_bridge_streams',
      'Parties on a bridge',
      by(({ name }) => bridgeLoad(state, name).streams),
    ),
    gauge(
      'conclave_bridge_streams_max',
      'Parties that a bridge takes',
      by(({ streamsMax }) => streamsMax),
    ),
    gauge(
      'conclave_bridge_conferences',
      'Conferences on a bridge',
      by(({ name }) => bridgeLoad(state, name).conferences),
    ),
    gauge(
      'conclave_bridge_conferences_max',
      'Conferences that a bridge takes',
      by(({ conferencesMax }) => conferencesMax),
    ),
  ];
}

function tally<T, Word extends string>(
  words: readonly Word[],
  all: readonly T[],
  wordOf: (each: T) => Word,
  label: string,
): readonly MetricSample[] {
  const counts = new Map(words.map((word) => [word, 0]));
  for (const each of all) countOne(counts, wordOf(each));
  return [...counts].map(([word, value]) => ({ labels: { [label]: word }, value }));
}

function countOne<Word extends string>(counts: Map<Word, number>, word: Word): void {
  counts.set(word, (counts.get(word) ?? 0) + 1);
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): Metric {
  return { name, type: 'gauge', help, samples };
}

function counter(
  name: string,
  help: string,
  label: string | undefined,
  counts: readonly (readonly [word: string, count: number])[],
): Metric {
  const samples = counts.map(([word, value]) => ({
    ...(label !== undefined && { labels: { [label]: word } }),
    value,
  }));
  return { name, type: 'counter', help, samples };
}
