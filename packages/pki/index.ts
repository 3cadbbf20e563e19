export * from './certificate-authority.ts';
export * from './device-identity.ts';
export * from './key-store.ts';
export * from './peer-verdict.ts';
