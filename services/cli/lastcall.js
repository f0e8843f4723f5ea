#!/usr/bin/env node
// Plain JavaScript on purpose: it must start on a Node too old for the rest, and say so kindly.
const major = Number(process.versions.node.split('.')[0])
if (major < 26) {
  process.stderr.write(
    `lastcall needs Node 26 or later; this is ${process.version}.\n` +
      'In a clone of the repository `npm ci` brings it: run `npx lastcall …` or `npm start` there.\n',
  )
  process.exitCode = 3
} else {
  const { main } = await import('./main.ts')
  await main()
}
