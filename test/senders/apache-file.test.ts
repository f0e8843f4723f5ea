import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { writeWhileKilled } from './file-writer.fixture.ts'
import { freePort, missing, reachable, receiver, run } from './syslog-senders.fixture.ts'

const APACHE = '/usr/sbin/apache2'
const MODULES = '/usr/lib/apache2/modules'
const skip = missing(APACHE, 'apache2')

t.test('what Apache writes to a rotated file counts once, the process killed meanwhile', { skip }, async t => {
  const into = await receiver(
    t,
    'format: nginx-combined, host: api.partner.example, file: { path: access.log }',
    'path',
  )
  const { folder } = into
  const port = await freePort()
  await writeFile(join(folder, 'ok'), '')
  await writeFile(
    join(folder, 'apache.conf'),
    `ServerName localhost
PidFile ${folder}/web.pid
DefaultRuntimeDir ${folder}
Listen 127.0.0.1:${port}
ErrorLog ${folder}/error.log
${['mpm_event', 'authz_core', 'alias'].map(name => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
MaxKeepAliveRequests 0
KeepAliveTimeout 60
StartServers 1
ThreadsPerChild 25
MaxRequestWorkers 25
ServerLimit 1
AliasMatch ^/ ${folder}/ok
<Directory ${folder}>
  Require all granted
</Directory>
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{Referer}i\\" \\"%{User-Agent}i\\"" combined
CustomLog ${folder}/access.log combined
`,
  )
  const { said } = run(t, APACHE, ['-f', join(folder, 'apache.conf'), '-DFOREGROUND'])
  await reachable(port, said)
  await writeWhileKilled(t, into, port)
})
