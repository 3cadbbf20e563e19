export * from './sccp-client.ts';
