export * from './dial.ts';
export * from './media-clock.ts';
export * from './stream-connection.ts';
export * from './stream-listener.ts';
export * from './system-clock.ts';
export * from './udp-socket.ts';
