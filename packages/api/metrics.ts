/** Figures in the text format of Prometheus. No name, number or address of anybody is in them. */
import type { Report } from './ports.ts';

export function metricsOf(report: Report): string {
  const byLevel = new Map<string, number>();
  for (const { level } of report.conferences) byLevel.set(level, (byLevel.get(level) ?? 0) + 1);
  const registered = report.devices.filter((each) => 'registered' in each && each.registered);
  const lines = [
    ...gauge('conclave_calls', 'Calls between two parties', [['', report.calls.length]]),
    ...gauge('conclave_devices_registered', 'Devices that are registered', [
      ['', registered.length],
    ]),
    ...gauge(
      'conclave_conferences',
      'Conferences by level',
      ['unknown', 'nonsecure', 'authenticated', 'encrypted'].map((level) => [
        `{level="${level}"}`,
        byLevel.get(level) ?? 0,
      ]),
    ),
    ...Object.entries(report.counters).flatMap(([name, value]) => counter(name, value)),
    ...gauge('process_resident_memory_bytes', 'Memory in use', [['', process.memoryUsage.rss()]]),
  ];
  return `${lines.join('\n')}\n`;
}

function gauge(
  name: string,
  help: string,
  values: readonly (readonly [labels: string, value: number])[],
): readonly string[] {
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...values.map(([labels, value]) => `${name}${labels} ${value}`),
  ];
}

/** `failedAllocations` is `conclave_failed_allocations_total`. */
function counter(field: string, value: number): readonly string[] {
  const name = `conclave_${field.replaceAll(/[A-Z]/g, (each) => `_${each.toLowerCase()}`)}_total`;
  return [`# TYPE ${name} counter`, `${name} ${value}`];
}
