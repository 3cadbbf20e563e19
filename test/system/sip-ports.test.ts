import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { UdpSocket } from '@conclave/net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { House } from './house.ts';

/*
 * Goal: a running call manager answers SIP on each of its ports, and says what it cannot read.
 * Method: bytes on real sockets.
 */

let house: House;

beforeAll(async () => {
  house = await House.open();
});

afterAll(() => house.close());

const OPTIONS = [
  'OPTIONS sip:127.0.0.1 SIP/2.0',
  'Via: SIP/2.0/HOP 127.0.0.1:9;branch=z9hG4bK-HOP;rport',
  'Max-Forwards: 70',
  'From: <sip:a@127.0.0.1>;tag=HOP',
  'To: <sip:127.0.0.1>',
  'Call-ID: HOP',
  'CSeq: 1 OPTIONS',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

test('OPTIONS over UDP is answered', async () => {
  expect(await overUdp(OPTIONS.replaceAll('HOP', 'UDP'))).toMatch(/^SIP\/2\.0 200 /);
});

test('OPTIONS over TCP is answered', async () => {
  const socket = connect({ host: '127.0.0.1', port: house.manager.sipPort });
  socket.write(OPTIONS.replaceAll('HOP', 'TCP'));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^SIP\/2\.0 200 /);
  socket.destroy();
});

test('OPTIONS over TLS is answered; the certificate is that of the call manager', async () => {
  const [ca] = house.keys.readCallManager().trust;
  const socket = connectTls({
    host: '127.0.0.1',
    port: house.manager.sipTlsPort,
    ...(ca !== undefined && { ca }),
  });
  await once(socket, 'secureConnect');
  socket.write(OPTIONS.replaceAll('HOP', 'TLS'));
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^SIP\/2\.0 200 /);
  socket.destroy();
});

test('a request of another version is answered with 505, and is an alarm (RFC 3261 §21.5.6)', async () => {
  const bad = OPTIONS.replaceAll('HOP', 'UDP').replace('SIP/2.0', 'SIP/7.0');
  expect(await overUdp(bad)).toMatch(/^SIP\/2\.0 505 /);
  expect(house.manager.alarms.list().map(({ name }) => name)).toContain('MalformedMessage');
});

async function overUdp(request: string): Promise<string> {
  const answer = Promise.withResolvers<string>();
  const socket = await UdpSocket.open({
    host: '127.0.0.1',
    port: 0,
    onPacket: (packet) => answer.resolve(Buffer.from(packet).toString()),
  });
  socket.send(Buffer.from(request), house.manager.sipPort, '127.0.0.1');
  const text = await answer.promise;
  socket.close();
  return text;
}
