/**
 * Index behind RFC 5424 structured data (§6.3): `-`, or `[id name="value"]…` with `\"`, `\\` and `\]` in values;
 * the blank behind it is passed over. -1 when it is neither.
 */
export function behindStructuredData(line: string, from: number): number {
  let at = from
  if (line.charCodeAt(at) === 0x2d) at++
  else {
    if (line.charCodeAt(at) !== 0x5b) return -1
    while (line.charCodeAt(at) === 0x5b) {
      at = behindElement(line, at + 1)
      if (at === -1) return -1
    }
  }
  if (at === line.length) return at
  return line.charCodeAt(at) === 0x20 ? at + 1 : -1
}

function behindElement(line: string, from: number): number {
  let quoted = false
  for (let at = from; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (quoted && code === 0x5c) at++
    else if (code === 0x22) quoted = !quoted
    else if (code === 0x5d && !quoted) return at + 1
  }
  return -1
}
