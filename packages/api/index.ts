export type { SessionView } from './account-routes.ts';
export { type ApiOptions, type Identity, makeApi } from './api-server.ts';
export type * from './device-ports.ts';
export type { Metric, MetricSample } from './metrics.ts';
export { hashPassword, PASSWORD_MIN } from './password.ts';
export type * from './ports.ts';
export { isRole, may, type Permission, ROLES, type Role } from './roles.ts';
export type { ConfiguredObjects } from './schemas.ts';
export type * from './system-ports.ts';
