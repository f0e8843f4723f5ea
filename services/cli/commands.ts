import type { Command } from './command.ts'

/** Every word `lastcall` understands, in the order its help shows them. Loaded only when used: the CLI starts fast. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map<string, () => Promise<Command>>([
  ['demo', async () => (await import('./commands/demo.ts')).demo],
  ['up', async () => (await import('./commands/up.ts')).up],
  ['ingest', async () => (await import('./commands/ingest.ts')).ingest],
  ['store', async () => (await import('./commands/store.ts')).store],
  ['serve', async () => (await import('./commands/serve.ts')).serve],
  ['analyze', async () => (await import('./commands/analyze.ts')).analyze],
  ['import', async () => (await import('./commands/import.ts')).importFiles],
  ['doctor', async () => (await import('./commands/doctor.ts')).doctor],
  ['explain', async () => (await import('./commands/explain.ts')).explain],
  ['check', async () => (await import('./commands/check.ts')).check],
  ['consumers', async () => (await import('./commands/consumers.ts')).consumers],
  ['notify', async () => (await import('./commands/notify.ts')).notify],
  ['notices', async () => (await import('./commands/notices.ts')).notices],
  ['preview', async () => (await import('./commands/preview.ts')).preview],
  ['approve', async () => (await import('./commands/approve.ts')).approve],
  ['ledger verify', async () => (await import('./commands/ledger-verify.ts')).ledgerVerify],
  ['migrate', async () => (await import('./commands/migrate.ts')).migrate],
  ['digest', async () => (await import('./commands/digest.ts')).digest],
  ['token new', async () => (await import('./commands/token-new.ts')).tokenNew],
  ['token list', async () => (await import('./commands/token-list.ts')).tokenList],
  ['token revoke', async () => (await import('./commands/token-revoke.ts')).tokenRevoke],
  ['dead list', async () => (await import('./commands/dead-list.ts')).deadList],
  ['topic cat', async () => (await import('./commands/topic-cat.ts')).topicCat],
])
