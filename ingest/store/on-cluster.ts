import type { ClickHouse } from '../../services/platform/clickhouse.ts'

/** As long as a range may be replayed: an hour, ClickHouse's own default, is shorter than a night. */
const REMEMBERED_SECONDS = 7 * 86_400

/**
 * The same tables in a cluster: DDL runs on every server, tables are replicated, and inserts are told apart by the
 * replicas' own memory. Only `command` differs. `cluster` is a name from the configuration, checked there.
 */
export function onCluster(clickhouse: ClickHouse, cluster: string | undefined): ClickHouse {
  if (cluster === undefined) return clickhouse
  return { ...clickhouse, command: (sql, params) => clickhouse.command(forCluster(sql, cluster), params) }
}

/** One statement as a cluster takes it; what is no DDL stays. Pure. */
export function forCluster(sql: string, cluster: string): string {
  const ddl =
    /^(\s*(?:CREATE (?:TABLE|MATERIALIZED VIEW)(?: IF NOT EXISTS)?|ALTER TABLE|DROP TABLE(?: IF EXISTS)?|TRUNCATE TABLE) )([a-z_]+)/
  if (!ddl.test(sql)) return sql
  return sql
    .replace(ddl, (_, verb: string, name: string) => `${verb}${name} ON CLUSTER \`${cluster}\``)
    .replace(/\bENGINE = ((?:Aggregating|Replacing)?MergeTree)\b/, 'ENGINE = Replicated$1')
    .replace(
      /\bnon_replicated_deduplication_window = (\d+)/,
      `replicated_deduplication_window = $1, replicated_deduplication_window_seconds = ${REMEMBERED_SECONDS}`,
    )
}
