import t from 'tap'
import { disabled, exported, metricsProtocol, milliseconds, resourceOf } from './telemetry-exports.ts'

const NONE = { traces: false, metrics: false, logs: false }
const ALL = { traces: true, metrics: true, logs: true }

t.test('nothing is sent unless a collector is named', async t => {
  t.strictSame(exported({}), NONE)
  t.strictSame(exported({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }), NONE)
  t.strictSame(exported({ OTEL_SERVICE_NAME: 'x', OTEL_TRACES_SAMPLER: 'always_on' }), NONE)
})

t.test('one address serves every signal; an address of one signal serves that', async t => {
  t.strictSame(exported({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }), ALL)
  t.strictSame(exported({ OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:4318/v1/logs' }), { ...NONE, logs: true })
})

t.test('a signal is taken out by `none`, and put in by `otlp`', async t => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }
  t.strictSame(exported({ ...endpoint, OTEL_METRICS_EXPORTER: 'none' }), { ...ALL, metrics: false })
  t.strictSame(exported({ OTEL_TRACES_EXPORTER: 'otlp' }), { ...NONE, traces: true })
  t.strictSame(
    exported({ ...endpoint, OTEL_LOGS_EXPORTER: 'console' }),
    { ...ALL, logs: false },
    'stdout is for results',
  )
})

t.test('OTEL_SDK_DISABLED ends it all', async t => {
  t.equal(disabled({ OTEL_SDK_DISABLED: 'TRUE' }), true)
  t.equal(disabled({ OTEL_SDK_DISABLED: '1' }), false, 'only the word true counts, as the specification says')
  t.strictSame(exported({ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }), NONE)
})

t.test('the protocol of metrics is its own, else the common one', async t => {
  t.equal(metricsProtocol({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }), 'grpc')
  t.equal(
    metricsProtocol({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json' }),
    'http/json',
  )
})

t.test('a time that is none is the default', async t => {
  for (const value of [undefined, '', '0', '-5', 'soon']) t.equal(milliseconds({ A: value }, 'A', 7), 7, String(value))
  t.equal(milliseconds({ A: '250' }, 'A', 7), 250)
})

t.test('a process names itself by what the environment says, and by an id of its own', async t => {
  const one = resourceOf({ OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=a%20b, k=v=w,nothing,=x,bad=%zz' })
  t.match(one, { 'deployment.environment.name': 'a b', k: 'v=w', bad: '%zz' })
  t.strictSame(Object.keys(one).sort(), ['bad', 'deployment.environment.name', 'k', 'service.instance.id'])
  t.not(one['service.instance.id'], resourceOf({})['service.instance.id'])
})
