/** What is wrong with an installation, judged from facts alone. `facts.ts` finds them. */
import type { SystemReport } from '@conclave/callmanager';
import { type CertificateFacts, matchesDeviceName } from '@conclave/pki';
import { type StoredConfiguration, warningsOf } from '@conclave/store';

export interface Finding {
  /** `fault`: something does not work, or will not; `advice`: somebody should think about it. */
  readonly severity: 'fault' | 'advice';
  readonly about: string;
  readonly text: string;
  readonly fix: string;
}

export interface FoundCertificate {
  readonly file: string;
  /** The device whose own it is; absent: the call manager's or an authority's. */
  readonly device?: string;
  readonly facts: CertificateFacts;
}

/** A bridge or music server that `conclave.yaml` starts. */
export interface LocalProcess {
  readonly kind: 'bridge' | 'music server';
  readonly name: string;
  readonly mode: 'encrypted' | 'nonsecure';
}

export interface InstallationFacts {
  readonly nowMs: number;
  readonly node: { readonly version: string; readonly wanted: string };
  readonly hasNativeMedia: boolean;
  readonly dataDirectory: string;
  /** Files and folders that others than their owner can read and should not. */
  readonly openFiles: readonly string[];
  readonly freeBytes: number;
  /** Why `conclave.yaml`, the database or a certificate cannot be used. */
  readonly unusable: readonly string[];
  readonly localProcesses: readonly LocalProcess[];
  readonly certificates: readonly FoundCertificate[];
  /** The newest time stamp of a file of ours. */
  readonly newestFileMs: number;
  /** Absent: there is no database yet. */
  readonly configuration?: StoredConfiguration;
  readonly hasAdministrator: boolean;
  /** Absent: the call manager does not run. */
  readonly report?: SystemReport;
  /** Ports of ours that somebody else has, looked at only while the call manager does not run. */
  readonly takenPorts: readonly { readonly setting: string; readonly port: number }[];
}

const FREE_BYTES_MIN = 1024 ** 3;
const DAY_MS = 86_400_000;
const EXPIRY_DAYS = 60;
const CLOCK_SKEW_MS = 5 * 60_000;

/** Faults first. Empty: nothing is wrong that can be seen from here. */
export function diagnose(facts: InstallationFacts): readonly Finding[] {
  const findings = [
    ...machine(facts),
    ...facts.unusable.map((text) => fault('files', text, 'Repair or remove the file.')),
    ...facts.certificates.flatMap((each) => certificate(each, facts)),
    ...(facts.configuration ? configured(facts.configuration, facts) : []),
    ...(facts.report && facts.configuration ? running(facts.report, facts.configuration) : []),
  ];
  return [
    ...findings.filter(({ severity }) => severity === 'fault'),
    ...findings.filter(({ severity }) => severity === 'advice'),
  ];
}

function machine(facts: InstallationFacts): readonly Finding[] {
  const { node, openFiles, freeBytes, takenPorts, newestFileMs, nowMs, dataDirectory } = facts;
  const findings: Finding[] = [];
  if (node.version !== node.wanted) {
    findings.push(
      advice(
        'node',
        `This is Node ${node.version}; Conclave is tested with ${node.wanted}.`,
        'Start it by npm, or by node_modules/.bin/node.',
      ),
    );
  }
  if (!facts.hasNativeMedia) {
    findings.push(
      advice(
        'bridge',
        'The media path in C is not built: a bridge carries about a third of the parties.',
        'Install a C compiler (Debian: gcc) and start again by npm.',
      ),
    );
  }
  for (const file of openFiles) {
    findings.push(
      fault('files', `${file} can be read by others than its owner.`, `chmod go-rwx ${file}`),
    );
  }
  if (freeBytes < FREE_BYTES_MIN) {
    const free = `${Math.round(freeBytes / 2 ** 20)} MB`;
    findings.push(
      fault('disk', `${free} are free where ${dataDirectory} is.`, 'Make room: records need it.'),
    );
  }
  if (newestFileMs > nowMs + CLOCK_SKEW_MS) {
    const text = `The clock says ${timeText(nowMs)}; a file of ours is of ${timeText(newestFileMs)}.`;
    findings.push(fault('clock', text, 'Set the clock: certificates and records go by it.'));
  }
  for (const { setting, port } of takenPorts) {
    const text = `Another program has port ${port} (${setting}).`;
    findings.push(fault('ports', text, `End it, or choose another ${setting} in conclave.yaml.`));
  }
  return findings;
}

function certificate(
  { file, device, facts }: FoundCertificate,
  { nowMs, configuration }: InstallationFacts,
): readonly Finding[] {
  const findings: Finding[] = [];
  const replace = 'Re-issue it from the private CA, or install another one.';
  const days = Math.floor((facts.validToMs - nowMs) / DAY_MS);
  if (days < 0) {
    findings.push(fault('certificates', `${file} expired ${timeText(facts.validToMs)}.`, replace));
  } else if (days < EXPIRY_DAYS) {
    findings.push(advice('certificates', `${file} expires in ${days} days.`, replace));
  }
  if (facts.validFromMs > nowMs) {
    const text = `${file} is valid only from ${timeText(facts.validFromMs)} on.`;
    findings.push(fault('certificates', text, 'Set the clock, or install another certificate.'));
  }
  const literalPrefix =
    configuration?.serviceParameters['Certificate name literal prefix'] === 'True';
  const { commonName = '' } = facts;
  if (device !== undefined && !matchesDeviceName(commonName, device, { literalPrefix })) {
    const text = `${file} is for ${commonName || 'nobody'}, not for ${device} (TIP-15).`;
    findings.push(fault('certificates', text, `Its common name must begin with ${device}.`));
  }
  return findings;
}

function configured(
  configuration: StoredConfiguration,
  { localProcesses, hasAdministrator }: InstallationFacts,
): readonly Finding[] {
  const findings = warningsOf(configuration).map(({ field, rule }) =>
    advice('configuration', `${field} ${rule}.`, 'Change it, or leave it knowingly.'),
  );
  for (const { kind, name, mode } of localProcesses) {
    const all = kind === 'bridge' ? configuration.bridges : (configuration.musicServers ?? []);
    const found = all.find((each) => each.name === name);
    if (!found) {
      const text = `conclave.yaml starts ${kind} ${name}, which is not configured.`;
      findings.push(fault('configuration', text, `Add it to the configuration, or take it out.`));
    } else if ((found.securityMode === 'nonsecure') !== (mode === 'nonsecure')) {
      const text = `conclave.yaml starts ${name} ${mode}; its device security mode is ${found.securityMode}.`;
      findings.push(fault('configuration', text, 'Make both the same.'));
    }
  }
  if (!hasAdministrator) {
    findings.push(
      advice(
        'users',
        'Nobody may administer over HTTPS.',
        "echo 'a good long password' | npm run conclave -- user add NAME --role administrator",
      ),
    );
  }
  return findings;
}

function running(report: SystemReport, configuration: StoredConfiguration): readonly Finding[] {
  const registered = new Set(
    report.devices.filter((each) => each.registered).map(({ name }) => name),
  );
  const missing = [...configuration.bridges, ...(configuration.musicServers ?? [])].filter(
    ({ name }) => !registered.has(name),
  );
  const findings = missing.map(({ name }) =>
    fault(
      'registration',
      `${name} is configured and not registered.`,
      `See that it runs and reaches the call manager; \`conclave alarms\` says why it was refused.`,
    ),
  );
  const isSecureHere = configuration.bridges.some(
    ({ name, securityMode }) => securityMode !== 'nonsecure' && registered.has(name),
  );
  const demanding = configuration.meetMeNumbers.filter(
    ({ minimumSecurityLevel }) => minimumSecurityLevel !== 'nonsecure',
  );
  if (!isSecureHere && demanding.length > 0) {
    const numbers = demanding.map(({ pattern }) => pattern).join(', ');
    const text = `No secure bridge is registered: meet-me ${numbers} cannot be started (MML-05).`;
    findings.push(fault('registration', text, 'Register a secure conference bridge.'));
  }
  return findings;
}

function fault(about: string, text: string, fix: string): Finding {
  return { severity: 'fault', about, text, fix };
}

function advice(about: string, text: string, fix: string): Finding {
  return { severity: 'advice', about, text, fix };
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}
