import t from 'tap'
import { systemClock } from '../platform/clock.ts'
import { COMMANDS } from './commands.ts'
import { run } from './run.ts'

async function lastcall(...argv: readonly string[]): Promise<{ status: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []]
  const status = await run(argv, {
    stdout: text => void out.push(text),
    stderr: text => void err.push(text),
    stderrIsTerminal: false,
    stdin: (async function* () {})(),
    clock: systemClock,
    environment: {},
    signal: new AbortController().signal,
  })
  return { status, out: out.join(''), err: err.join('') }
}

t.test('the help of every command shows its form and an example', async t => {
  for (const name of COMMANDS.keys()) {
    const { status, out, err } = await lastcall(...name.split(' '), '--help')
    t.equal(status, 0, name)
    t.ok(out.startsWith(`lastcall ${name}`), `${name} shows its form`)
    t.ok(out.split(`lastcall ${name}`).length > 2, `${name} shows an example behind its form`)
    t.equal(err, '')
  }
})

t.test('an unknown flag is exit 2, with where to look', async t => {
  for (const name of COMMANDS.keys()) {
    const { status, out, err } = await lastcall(...name.split(' '), '--no-such-flag')
    t.equal(status, 2, name)
    t.equal(out, '')
    t.match(err, 'LC_CLI_FLAGS')
    t.match(err, `lastcall ${name} --help`)
  }
})

t.test('the list of commands names every one; an unknown one is exit 2 and named back', async t => {
  for (const argv of [[], ['--help'], ['-h'], ['help']]) {
    const { status, out } = await lastcall(...argv)
    t.equal(status, 0)
    for (const name of COMMANDS.keys()) t.match(out, `  ${name} `)
  }
  const { status, err } = await lastcall('analyse')
  t.equal(status, 2)
  t.match(err, 'analyze')
})

t.test('a file that cannot be read, a port that is none and a missing argument are exit 2', async t => {
  for (const argv of [
    ['analyze', '/nowhere/access.log'],
    ['analyze'],
    ['import'],
    ['up', '--config', '/nowhere/lastcall.yaml'],
  ]) {
    const { status, out, err } = await lastcall(...argv)
    t.equal(status, 2, argv.join(' '))
    t.equal(out, '')
    t.match(err, /LC_/)
    t.notMatch(err, 'LC_BUG')
  }
  t.match((await lastcall('--version')).out, /^lastcall \d+\.\d+\.\d+ /)
})
