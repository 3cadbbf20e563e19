/*
 * Goal: whatever AXL answers is what CUCM's own schema of that version says, to the order of elements.
 * Method: libxml2 validates the answers against the schemas that `cisco-axl` brings. Without xmllint (Debian:
 * libxml2-utils) the tests are skipped, and say so.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AxlHouse, PASSWORD } from './axl-house.ts';

const hasXmllint = spawnSync('xmllint', ['--version']).status === 0;

const SCHEMAS = join(dirname(createRequire(import.meta.url).resolve('cisco-axl')), 'schema');

/** An object of each kind, as a request names it. */
const NAMED: Readonly<Record<string, string>> = {
  ConferenceBridge: '<name>CFB-SECURE</name>',
  MeetMe: '<pattern>5002</pattern>',
  MediaResourceGroup: '<name>MRG-CONF</name>',
  MediaResourceList: '<name>MRGL-DEFAULT</name>',
  DevicePool: '<name>South</name>',
  Location: '<name>Hub_None</name>',
  CommonDeviceConfig: '<name>Common</name>',
  Phone: '<name>SEP000000001001</name>',
  Line: '<pattern>1001</pattern>',
  SipTrunk: '<name>TRUNK</name>',
  ServiceParameter: `<processNodeName>EnterpriseWideData</processNodeName>
    <name>Maximum Ad Hoc Conference</name><service>Cisco CallManager</service>`,
};

/** With texts that are kept for other tools only: they have their places too. */
const ADDED: Readonly<Record<string, string>> = {
  addDevicePool: `<devicePool><name>South</name><srstName>Disable</srstName><regionName>S</regionName>
    <mediaResourceListName>MRGL-DEFAULT</mediaResourceListName></devicePool>`,
  addCommonDeviceConfig: `<commonDeviceConfig><name>Common</name>
    <softkeyTemplateName>Standard User</softkeyTemplateName></commonDeviceConfig>`,
  addSipTrunk: `<sipTrunk><name>TRUNK</name><sipProfileName>Standard SIP Profile</sipProfileName>
    <presenceGroupName>Standard Presence group</presenceGroupName><destinations><destination>
    <addressIpv4>192.0.2.1</addressIpv4><sortOrder>1</sortOrder></destination></destinations></sipTrunk>`,
  updatePhone: `<name>SEP000000001001</name><phoneTemplateName>Standard 7961</phoneTemplateName>
    <commonPhoneConfigName>Standard Common Phone Profile</commonPhoneConfigName>`,
};

let axl: AxlHouse;
let folder: string;

beforeAll(async () => {
  axl = await AxlHouse.open();
  folder = mkdtempSync(join(tmpdir(), 'conclave-axl-'));
  for (const [operation, content] of Object.entries(ADDED)) await ask('14.0', operation, content);
});

afterAll(async () => {
  await axl.client.ask('removeSipTrunk', { name: 'TRUNK' });
  await axl.close();
  rmSync(folder, { recursive: true });
});

test.skipIf(!hasXmllint).each(['11.0', '12.5', '14.0', '15.0'])(
  'answers in version %s',
  async (version) => {
    const answers = new Map<string, string>();
    for (const [object, named] of Object.entries(NAMED)) {
      answers.set(`get${object}`, named);
      answers.set(`list${object}`, '<searchCriteria/>');
    }
    const files: string[] = [];
    for (const [operation, content] of answers) {
      const answer = await ask(version, operation, content);
      expect(answer, operation).toContain(`${operation}Response`);
      const file = join(folder, `${operation}.xml`);
      writeFileSync(file, /<soapenv:Body>(.*)<\/soapenv:Body>/s.exec(answer)?.[1] ?? '');
      files.push(file);
    }
    const schema = join(SCHEMAS, version, 'AXLSoap.xsd');
    // It throws with what is wrong where.
    execFileSync('xmllint', ['--noout', '--nonet', '--schema', schema, ...files], {
      stdio: 'pipe',
    });
  },
);

async function ask(version: string, operation: string, content: string): Promise<string> {
  const space = `http://www.cisco.com/AXL/API/${version}`;
  const options = {
    host: '127.0.0.1',
    port: axl.house.manager.apiPort,
    ca: readFileSync(axl.ca),
    method: 'POST',
    path: '/axl/',
    headers: { 'content-type': 'text/xml', authorization: `Basic ${btoa(`ada:${PASSWORD}`)}` },
  };
  return await new Promise((resolve, reject) => {
    const sent = request(options, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      resolve(text);
    });
    sent.on('error', reject).end(
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
       <a:${operation} xmlns:a="${space}">${content}</a:${operation}></s:Body></s:Envelope>`,
    );
  });
}
