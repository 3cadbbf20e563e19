/** SIP phones and what they prove themselves with, SIP trunks, and the numbers that lead over them. */
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

export const sip: Migration = {
  async up({ schema }: Kysely<Record<never, never>>): Promise<void> {
    await schema.alterTable('cluster').addColumn('sip_realm', 'text').execute();
    await schema
      .alterTable('phone')
      .addColumn('standard_client', 'integer', (column) => column.notNull().defaultTo(0))
      .execute();
    await schema
      .createTable('sip_digest')
      .addColumn('device', 'text', (column) =>
        column.primaryKey().references('device.name').onDelete('cascade'),
      )
      .addColumn('user', 'text', (column) => column.notNull())
      .addColumn('realm', 'text', (column) => column.notNull())
      .addColumn('md5', 'text', (column) => column.notNull())
      .addColumn('sha256', 'text', (column) => column.notNull())
      .execute();
    await schema
      .createTable('sip_trunk')
      .addColumn('name', 'text', (column) =>
        column.primaryKey().references('device.name').onDelete('cascade'),
      )
      .addColumn('transport', 'text', (column) => column.notNull())
      .addColumn('srtp_allowed', 'integer', (column) => column.notNull())
      .addColumn('trust_security_status', 'integer', (column) => column.notNull())
      .addColumn('on_net', 'integer', (column) => column.notNull())
      .addColumn('certificate_name', 'text')
      .execute();
    await schema
      .createTable('sip_trunk_destination')
      .addColumn('trunk', 'text', (column) =>
        column.notNull().references('sip_trunk.name').onDelete('cascade'),
      )
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('host', 'text', (column) => column.notNull())
      .addColumn('port', 'integer')
      .addPrimaryKeyConstraint('sip_trunk_destination_key', ['trunk', 'position'])
      .execute();
    await schema
      .createTable('route')
      .addColumn('pattern', 'text', (column) => column.notNull())
      .addColumn('partition', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('trunk', 'text', (column) => column.notNull().references('sip_trunk.name'))
      .addPrimaryKeyConstraint('route_key', ['pattern', 'partition'])
      .execute();
  },
};
