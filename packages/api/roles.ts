/** Who may do what. Everything else is refused: a route without a permission does not start. */

export const ROLES = ['administrator', 'auditor', 'read-only', 'packet-sniffer', 'cti'] as const;

export type Role = (typeof ROLES)[number];

export type Permission =
  | 'configuration:read'
  | 'configuration:write'
  /** Conferences, calls and devices as they are now. */
  | 'live:read'
  | 'conferences:control'
  | 'metrics:read'
  /** Who called whom, and how secure it was. */
  | 'records:read'
  /** To begin and end a packet capture. */
  | 'captures:control'
  /** What packet captures hold, and the keys of the media. */
  | 'captures:read'
  | 'audit:read'
  | 'users:manage'
  /** One's own session and tokens. */
  | 'own:manage';

const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  administrator: [
    ...(['configuration:read', 'configuration:write', 'live:read', 'conferences:control'] as const),
    ...(['metrics:read', 'records:read', 'users:manage', 'own:manage'] as const),
    'captures:control',
  ],
  // Whoever changes things does not read, and so cannot weigh, what is kept of it.
  auditor: ['configuration:read', 'live:read', 'records:read', 'audit:read', 'own:manage'],
  'read-only': ['configuration:read', 'live:read', 'metrics:read', 'own:manage'],
  'packet-sniffer': ['live:read', 'captures:read', 'own:manage'],
  cti: ['live:read', 'conferences:control', 'own:manage'],
};

export function may(role: Role, permission: Permission): boolean {
  return GRANTS[role].includes(permission);
}

export function grantsOf(role: Role): readonly Permission[] {
  return GRANTS[role];
}

export function isRole(name: string): name is Role {
  return (ROLES as readonly string[]).includes(name);
}
