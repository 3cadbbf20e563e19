export * from './audio-media.ts';
export * from './crypto-attribute.ts';
export * from './description.ts';
export * from './direction.ts';
export * from './format-description.ts';
export * from './local-audio.ts';
export * from './parse-description.ts';
