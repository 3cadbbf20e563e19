export * from './media-channel.ts';
export * from './sccp-client.ts';
