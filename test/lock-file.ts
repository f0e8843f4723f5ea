import { readFileSync, writeFileSync } from 'node:fs'

interface LockedPackage {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}
interface Lock {
  packages: Record<string, LockedPackage>
}

const OS = ['linux', 'darwin', 'win32', 'freebsd', 'openbsd', 'netbsd', 'sunos', 'aix', 'android', 'openharmony']
const CPU = ['x64', 'arm64', 'ia32', 'arm', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el']

/** Platform packages that a package of the lock names and the lock lacks: `npm ci` refuses such a lock on any machine. */
export function missingPlatforms(lock: Lock): { name: string; of: string; entry: LockedPackage }[] {
  const missing = []
  for (const [where, locked] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(locked.optionalDependencies ?? {})) {
      if (
        lock.packages[`node_modules/${name}`] !== undefined ||
        lock.packages[`${where}/node_modules/${name}`] !== undefined
      )
        continue
      missing.push({ name, of: where, entry: entryFor(name, version, locked.dev === true) })
    }
  }
  return missing
}

function entryFor(name: string, version: string, dev: boolean): LockedPackage {
  const words = name.split(/[/-]/)
  const os = OS.filter(one => words.includes(one))
  const cpu = CPU.filter(one => words.includes(one))
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') || words.includes('glibc') ? ['glibc'] : []
  return {
    version: version.replace(/^[\^~]/, ''),
    ...(dev ? { dev } : {}),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(libc.length > 0 ? { libc } : {}),
  }
}

/** Adds the missing entries, without integrity: `npm run lock`, after every install that changes the lock. */
if (import.meta.main) {
  const file = new URL('../package-lock.json', import.meta.url)
  const lock: Lock = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingPlatforms(lock)
  for (const { name, entry } of missing) lock.packages[`node_modules/${name}`] = entry
  const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: sorted }, undefined, 2)}\n`)
  process.stderr.write(`package-lock.json: ${missing.length} platform packages added\n`)
}
