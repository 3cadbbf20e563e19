export * from './certificate-authority.ts';
export * from './certificate-facts.ts';
export * from './device-identity.ts';
export * from './key-store.ts';
export * from './key-store-error.ts';
export * from './peer-verdict.ts';
export { type IdentityFiles, readIdentity, readTrust } from './pem-file.ts';
export * from './sealed-chain.ts';
