/**
 * What is wrong with an e-mail address, if anything. Stricter than RFC 5321 on purpose: no quoted local parts, no
 * comments, ASCII only, one line, so that nothing in it can end a header or begin a second recipient.
 */
export function addressFault(address: string): string | undefined {
  if (/[\u0000-\u001f\u007f]/.test(address)) return 'it has a line break or control character in it'
  if (/[^\u0021-\u007e]/.test(address))
    return address.includes(' ') ? 'it has a space in it' : 'it is not ASCII (write the domain in its xn-- form)'
  const at = address.indexOf('@')
  if (at < 1 || at !== address.lastIndexOf('@')) return 'it does not have one "@" between two parts'
  const local = address.slice(0, at)
  const domain = address.slice(at + 1)
  if (local.length > 64 || address.length > 254) return 'it is longer than mail allows'
  if (
    !/^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+$/.test(local) ||
    local.startsWith('.') ||
    local.endsWith('.') ||
    local.includes('..')
  )
    return 'the part before "@" is not one a mail server takes'
  const labels = domain.split('.')
  if (labels.length < 2 || !labels.every(label => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)))
    return 'the part after "@" is no domain'
  return undefined
}
