import t from 'tap'
import { stagedPath } from './aws-stage.ts'

const HOST = 'abc123.execute-api.eu-central-1.amazonaws.com'

t.test('the stage goes where what follows it is the resource', async t => {
  t.same(stagedPath('/prod/orders/42', 'prod', '/orders/{id}', HOST), { target: '/orders/42', route: '/orders/{id}' })
  t.same(stagedPath('/prod/orders/42', 'prod', '/orders/{id}', 'api.example.com'), {
    target: '/orders/42',
    route: '/orders/{id}',
  })
  t.same(stagedPath('/prod', 'prod', '/', HOST), { target: '/', route: '/' })
  t.same(stagedPath('/prod/', 'prod', '/', HOST), { target: '/', route: '/' })
})

t.test('a stage called like a version stays, in the path and in the route', async t => {
  t.same(stagedPath('/v1/orders/42', 'v1', '/orders/{id}', HOST), { target: '/v1/orders/42', route: '/v1/orders/{id}' })
})

t.test('the base path of a custom domain stays and belongs to the route', async t => {
  t.same(stagedPath('/shop/v2/orders/42', 'prod', '/orders/{id}', 'api.example.com'), {
    target: '/shop/v2/orders/42',
    route: '/shop/v2/orders/{id}',
  })
})

t.test('without a template the stage goes only on its own host, or where the host is unknown', async t => {
  t.same(stagedPath('/prod/orders', 'prod', '', HOST), { target: '/orders', route: '' })
  t.same(stagedPath('/prod/orders', 'prod', '', ''), { target: '/orders', route: '' })
  t.same(stagedPath('/prod/orders', 'prod', '', 'api.example.com'), { target: '/prod/orders', route: '' })
})

t.test('a greedy resource and $default name nothing: the path alone speaks', async t => {
  t.same(stagedPath('/dev/orders/42', 'dev', '/{proxy+}', HOST), { target: '/orders/42', route: '' })
  t.same(stagedPath('/dev/orders/42', 'dev', '$default', HOST), { target: '/orders/42', route: '' })
  t.same(stagedPath('', 'dev', '$default', HOST), { target: '', route: '' })
})

t.test('where no path was logged the template stands for it', async t => {
  t.same(stagedPath('', '', '/pets/{petId}', ''), { target: '/pets/{petId}', route: '/pets/{petId}' })
})

t.test('a path segment that merely begins like the stage stays', async t => {
  t.same(stagedPath('/products/7', 'prod', '/products/{id}', HOST), { target: '/products/7', route: '/products/{id}' })
  t.same(stagedPath('/prod/7', 'prod', '/prod/{id}', HOST), { target: '/prod/7', route: '/prod/{id}' })
})
