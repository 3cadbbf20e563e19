export * from './core-world.ts';
export * from './explorer.ts';
export * from './pcap.ts';
export * from './sccp-client.ts';
export * from './tshark.ts';
export * from './witness.ts';
