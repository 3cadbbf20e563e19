/**
 * Service parameters as AXL has them. They hold for the whole cluster, which AXL calls the process node
 * `EnterpriseWideData`; each has the name that the pages show.
 */
import type { Parameter } from '../system-ports.ts';
import { AxlFault, invalid, notFound } from './axl-fault.ts';
import type { AxlOperation, AxlPorts, AxlResult } from './axl-service.ts';
import { keyOfUuid, uuidOf } from './configured.ts';
import type { AxlRequest } from './soap.ts';
import { child, element, localName, type XmlElement } from './xml.ts';

const NODE = 'EnterpriseWideData';
const KIND = 'serviceParameters';

export const PARAMETER_OPERATIONS: readonly (readonly [string, AxlOperation])[] = [
  ['listServiceParameter', { changes: false, run: list }],
  ['getServiceParameter', { changes: false, run: get }],
  ['updateServiceParameter', { changes: true, run: update }],
  ['listProcessNode', { changes: false, run: listNodes }],
];

async function list({ body }: AxlRequest, { system }: AxlPorts): Promise<AxlResult> {
  const criteria = child(body, 'searchCriteria');
  const textOf = (tag: string): string => (criteria && child(criteria, tag)?.text) ?? '';
  const [node, service] = [textOf('processNodeName'), textOf('service')];
  const parameters = isAny(node) || node === NODE ? await system.parameters() : [];
  return parameters
    .filter((each) => isAny(service) || each.service === service)
    .map((each) => shown(each, tagsOf(body)));
}

async function get({ body }: AxlRequest, { system }: AxlPorts): Promise<AxlResult> {
  const tags = tagsOf(body);
  return [shown(find(body, await system.parameters()), tags?.length ? tags : undefined)];
}

async function update({ body }: AxlRequest, { system }: AxlPorts): Promise<AxlResult> {
  const { name } = find(body, await system.parameters());
  const value = child(body, 'value')?.text;
  if (value === undefined) throw invalid('value', 'is missing');
  const [fault] = await system.changeParameters((before) => ({ ...before, [name]: value }));
  if (fault) throw new AxlFault('invalid', `Invalid value for value of ${name}: ${fault.rule}`);
  return uuidOf({}, KIND, name);
}

/** The cluster is one node, and has no name of its own here. */
async function listNodes(): Promise<AxlResult> {
  return [
    element('processNode', [element('name', NODE)], { uuid: uuidOf({}, 'processNodes', NODE) }),
  ];
}

function find(body: XmlElement, parameters: readonly Parameter[]): Parameter {
  const textOf = (tag: string): string => child(body, tag)?.text ?? '';
  const [uuid, node, service] = [textOf('uuid'), textOf('processNodeName'), textOf('service')];
  if (![NODE, ''].includes(node)) throw notFound(`processNodeName ${node}`);
  const keys = parameters.map(({ name }) => name);
  const name = uuid === '' ? textOf('name') : keyOfUuid({}, { kind: KIND, keys }, uuid);
  const found = parameters.find((each) => each.name === name);
  if (!found || ![found.service, ''].includes(service)) {
    throw notFound(`ServiceParameter ${name ?? uuid}`);
  }
  return found;
}

function shown(
  { name, service, value, choices = [], range }: Parameter,
  tags: readonly string[] | undefined,
): XmlElement {
  const isTruth = choices.length === 2 && choices.includes('True');
  const number = / to /.test(range) ? 'long' : 'string';
  const fields = [
    element('processNodeName', NODE),
    element('name', name),
    element('service', service),
    element('value', value),
    element('valueType', isTruth ? 'boolean' : number),
  ];
  const wanted = fields.filter((each) => tags?.includes(each.name) ?? true);
  return element('serviceParameter', wanted, { uuid: uuidOf({}, KIND, name) });
}

function tagsOf(body: XmlElement): readonly string[] | undefined {
  return child(body, 'returnedTags')?.children.map(localName);
}

function isAny(criterion: string): boolean {
  return /^%*$/.test(criterion);
}
