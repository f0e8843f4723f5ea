import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { writeWhileKilled } from './file-writer.fixture.ts'
import { freePort, missing, reachable, receiver, run } from './syslog-senders.fixture.ts'

const NGINX = '/usr/sbin/nginx'
const skip = missing(NGINX, 'nginx-light')

t.test('what nginx writes to a rotated file counts once, the process killed meanwhile', { skip }, async t => {
  const into = await receiver(
    t,
    'format: nginx-combined, host: api.partner.example, file: { path: access.log }',
    'path',
  )
  const { folder } = into
  const port = await freePort()
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/web.pid; error_log stderr; worker_processes 2;
events {}
http {
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:${port};
    access_log ${folder}/access.log combined;
    location / { return 200; }
  }
}
`,
  )
  const { said } = run(t, NGINX, ['-c', join(folder, 'nginx.conf'), '-p', folder])
  await reachable(port, said)
  await writeWhileKilled(t, into, port)
})
