export * from './core-world.ts';
export * from './pcap.ts';
export * from './sccp-client.ts';
