import { builtCollector } from './otel-collector.fixture.ts'

/** Builds the Collector before the tests, so that a slow fetch of modules is not a test's fault. Exit 1: no Go here. */
process.exitCode = builtCollector() === undefined ? 1 : 0
