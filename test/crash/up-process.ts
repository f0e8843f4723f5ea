import { ServiceProcess } from './service-process.ts'

/** `lastcall up` as a process of its own, to be killed and started again. */
export class UpProcess extends ServiceProcess {
  constructor(args: readonly string[]) {
    super('up', args)
  }
}
