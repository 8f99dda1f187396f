import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

/** Removes the schemas and database roles whose names start with `prefix`: what a run leaves on a PostgreSQL that outlives it. */
export async function purgeDatabase(url: string, prefix: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const schemas = await client.query<{ name: string }>(
      'SELECT nspname AS name FROM pg_namespace WHERE starts_with(nspname, $1)',
      [prefix],
    );
    for (const { name } of schemas.rows) await client.query(`DROP SCHEMA ${client.escapeIdentifier(name)} CASCADE`);
    const roles = await client.query<{ name: string }>(
      'SELECT rolname AS name FROM pg_roles WHERE starts_with(rolname, $1)',
      [prefix],
    );
    for (const { name } of roles.rows) {
      const role = client.escapeIdentifier(name);
      await client.query(`DROP OWNED BY ${role} CASCADE; DROP ROLE ${role}`);
    }
  } finally {
    await client.end();
  }
}

/** Removes the topics and consumer groups whose names start with `prefix`: what a run leaves on a broker that outlives it. */
export async function purgeBroker(brokers: string, prefix: string): Promise<void> {
  const admin = new Kafka({
    brokers: brokers.split(','),
    clientId: 'tollgate-tests',
    logLevel: logLevel.NOTHING,
  }).admin();
  await admin.connect();
  try {
    const { groups } = await admin.listGroups();
    const ownGroups = groups.map((group) => group.groupId).filter((id) => id.startsWith(prefix));
    if (ownGroups.length > 0) await admin.deleteGroups(ownGroups);
    const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (topics.length > 0) await admin.deleteTopics({ topics });
  } finally {
    await admin.disconnect();
  }
}
