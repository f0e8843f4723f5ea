import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { freePort, missing, type Receiver, reachable, receiver, requestOrders, run } from './syslog-senders.fixture.ts'

const NGINX = '/usr/sbin/nginx'
const SENT = 10_000
const skip = missing(NGINX, 'nginx-light')
const SOURCE = 'format: nginx-json, syslog: { udp: PORT }'

/** nginx that answers 200 to everything and logs to a syslog port: the configuration of docs/syslog.md. */
async function nginx(t: Test, into: Receiver): Promise<number> {
  const folder = join(into.folder, 'nginx')
  await mkdir(folder)
  const port = await freePort()
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log stderr; worker_processes 1;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  keepalive_requests 1000000;
  log_format calls escape=json '{"msec":"$msec","request_id":"$request_id","method":"$request_method","host":"$host",'
    '"request_uri":"$request_uri","status":"$status","request_time":"$request_time","ua":"$http_user_agent"}';
  server {
    listen 127.0.0.1:${port};
    access_log syslog:server=127.0.0.1:${into.port},tag=nginx calls;
    location / { return 200; }
  }
}
`,
  )
  const { said } = run(t, NGINX, ['-c', join(folder, 'nginx.conf'), '-p', folder])
  await reachable(port, said)
  return port
}

t.test('every datagram of nginx is a call, or counted as lost', { skip }, async t => {
  const into = await receiver(t, SOURCE, 'request_id')
  const port = await nginx(t, into)
  t.equal(await requestOrders(port, 0, SENT, 0), SENT)
  const stored = await into.finish(SENT)
  t.comment(`nginx, UDP: ${JSON.stringify({ sent: SENT, ...stored })}`)
  t.equal(stored.distinct, stored.calls, 'none twice')
  t.equal(stored.tallied, stored.calls)
  t.equal(stored.calls + stored.full, SENT)
  t.equal(stored.others, stored.full)
})

t.test(
  'while the process is killed and started again nginx loses what it sends, and nothing counts twice',
  { skip },
  async t => {
    const into = await receiver(t, SOURCE, 'request_id')
    const port = await nginx(t, into)
    const requesting = requestOrders(port, 0, SENT, 30)
    await delay(800)
    await into.killOnce()
    t.equal(await requesting, SENT)
    const stored = await into.finish(SENT)
    t.comment(`nginx, UDP, killed once: ${JSON.stringify({ sent: SENT, ...stored, lost: SENT - stored.distinct })}`)
    t.equal(stored.distinct, stored.calls, 'none twice')
    t.equal(stored.tallied, stored.calls)
    t.ok(stored.calls > 0 && stored.calls <= SENT)
  },
)
