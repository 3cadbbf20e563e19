export * from './core-world.ts';
export * from './pcap.ts';
