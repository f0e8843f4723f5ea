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
  // Each running statement of the engine holds a thread of this pool; files and keys need some too.
  process.env.UV_THREADPOOL_SIZE ??= '8'
  const { main } = await import('./main.ts')
  await main()
}
