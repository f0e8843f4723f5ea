import type { LedgerReader } from '../../services/domain/notice.ts'
import { Ledger } from './ledger.ts'
import { ledgerReader } from './reader.ts'

export interface OpenLedger extends LedgerReader {
  close(): void
}

/**
 * The ledger for those who read it (board, API): makes an empty one where there is none yet.
 * @throws LcError LC_LEDGER_OPEN, LC_LEDGER_VERSION.
 */
export function openLedger(file: string): OpenLedger {
  const ledger = Ledger.open(file)
  return { ...ledgerReader(ledger), close: () => ledger.close() }
}
