/** Whole, invented lines of the text formats, by format: where mutation and confusion tests begin. Secrets are visibly fake. */
export const TEXT_SPECIMENS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'common',
    [
      '203.0.113.9 - - [22/Nov/2026:03:23:24 +0100] "GET /v1/orders/42?apikey=SECRET HTTP/1.1" 200 1513',
      'api.example.com:443 203.0.113.9 - acme [22/Nov/2026:03:23:24 +0000] "POST /v1/orders HTTP/1.1" 201 -',
    ],
  ],
  [
    'combined-more',
    [
      '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET /v1/orders/42?apikey=SECRET HTTP/1.1" 200 11 "-" "curl/8.5.0" 345 678',
      '203.0.113.9 - acme [22/Nov/2026:03:23:24 +0000] "GET /v1/orders HTTP/1.1" 200 11 "-" "curl/8.5.0" "-" 0.012 "api.example.com"',
    ],
  ],
  [
    'ingress-nginx',
    [
      '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET /v1/orders/42 HTTP/2.0" 200 11 "-" "curl/8.5.0" 345 0.012 [shop-orders-80] [] 10.244.1.7:8080 11 0.012 200 0123456789abcdef0123456789abcdef',
      '203.0.113.9 - acme [22/Nov/2026:03:23:25 +0000] "PUT /v1/orders/42 HTTP/1.1" 502 150 "-" "-" 345 5.003 [shop-orders-80] [] 10.244.1.7:8080, 10.244.1.8:8080 0, 150 5.001, 0.002 502, 502 0123456789abcdef0123456789abcdef',
    ],
  ],
  [
    'nginx-proxy-manager',
    [
      '[22/Nov/2026:03:23:24 +0000] - 200 200 - GET https api.example.com "/v1/orders/42?apikey=SECRET" [Client 203.0.113.9] [Length 192] [Gzip 3.10] [Sent-to orders] "curl/8.5.0" "-"',
      '[22/Nov/2026:03:23:25 +0000] 404 - DELETE http api.example.com "/v1/orders/42" [Client 203.0.113.9] [Length 0] [Gzip -] "okhttp/4.12.0" "-"',
    ],
  ],
  [
    'envoy-text',
    [
      '[2026-11-22T03:23:24.892Z] "GET /v1/orders/42?apikey=SECRET HTTP/2" 200 - 0 135 3 1 "203.0.113.9" "curl/8.5.0" "84961386-6d84-929d-98bd-c5aee93b5c88" "api.example.com" "10.44.1.27:80"',
      '[2026-11-22T03:23:25.001Z] "- - -" 0 - 87 254 4 - "-" "-" "-" "-" "10.44.1.27:80"',
    ],
  ],
  [
    'istio-text',
    [
      '[2026-11-22T03:23:24.892Z] "GET /v1/orders/42 HTTP/1.1" 200 - via_upstream - "-" 0 135 3 1 "-" "curl/8.5.0" "84961386-6d84-929d-98bd-c5aee93b5c88" "orders:8000" "127.0.0.1:80" inbound|8000|| 127.0.0.1:41854 10.44.1.27:80 10.44.1.23:37652 outbound_.8000_._.orders.shop.svc.cluster.local default',
      '[2019-03-06T09:31:27.360Z] "GET /v1/orders HTTP/1.1" 418 - "-" "-" 0 135 5 2 "-" "curl/7.60.0" "d209e46f-9ed5-9b61-bbdd-43e22662702a" "orders:8000" "127.0.0.1:80" inbound|8000|http|orders.shop.svc.cluster.local - 172.30.146.73:80 172.30.146.82:38618 outbound_.8000_._.orders.shop.svc.cluster.local',
    ],
  ],
  [
    'traefik-clf',
    [
      '203.0.113.9 - - [22/Nov/2026:03:23:24 +0000] "GET /v1/orders/42 HTTP/1.1" 200 414 "-" "curl/8.5.0" 500 "orders@docker" "http://172.17.0.3:80" 12ms',
      '203.0.113.9 - acme [22/Nov/2026:03:23:24 +0000] "GET /v1/orders HTTP/1.1" - - "-" "-" 501 "-" "-" 0ms',
    ],
  ],
  [
    'haproxy',
    [
      '203.0.113.9:56114 [22/Nov/2026:03:23:24.892] fe be/s1 0/0/3/1/4 200 240 - - ---- 1/1/0/0/0 0/0 {curl/8.5.0|SECRET-KEY} {@1688169599} "GET /v1/orders/42 HTTP/1.1"',
      'Nov 22 03:23:24 edge haproxy[31625]: 203.0.113.9:56115 [22/Nov/2026:03:23:24.904] fe fe/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
      '203.0.113.9:50033 [22/Nov/2026:03:23:24.123] fe/1: SSL handshake failure',
      '203.0.113.9:50034 [22/Nov/2026:03:23:24.123] tcp-in tcp-out/s1 0/0/5007 212 -- 0/0/0/0/3 0/0',
    ],
  ],
  [
    'aws-alb',
    [
      'https 2026-11-22T03:23:24.186641Z app/my-lb/50dc6c495c0c9188 203.0.113.9:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://api.example.com:443/v1/orders/42?apikey=SECRET HTTP/1.1" "curl/8.5.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2 "Root=1-58337281-1d84f3d73c47ec4e58577259" "api.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/1" 1 2026-11-22T03:23:24.015000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"',
    ],
  ],
  [
    'aws-cloudfront',
    [
      '2026-11-22\t03:23:24\tFRA50-P2\t703\t203.0.113.9\tGET\td111111abcdef8.cloudfront.net\t/v1/orders/42\t200\t-\tcurl/8.5.0\tapikey=SECRET\t-\tMiss\t375WZmnR4hhhnlZKNn0D_LvkWhAqvWvBsUqySq8f_GOoAPP3k8R8fw==\tapi.example.com\thttps\t62\t0.113\t-\tTLSv1.3\tTLS_AES_128_GCM_SHA256\tMiss\tHTTP/2.0\t-\t-\t51754\t0.113\tMiss\tapplication/json\t20\t-\t-',
      '#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status',
    ],
  ],
  [
    'krakend',
    [
      '[GIN] 2026/11/22 - 03:23:24 | 200 |    4.529\u00b5s |    203.0.113.9 | GET      "/v1/orders/42?apikey=SECRET"',
      '[KRAKEND] 2026/11/22 - 03:23:24.001 \u25b6 INFO Starting the KrakenD instance',
      'Error #01: invalid status code',
    ],
  ],
  [
    'gravitee-csv',
    [
      '"076aea69";"076aea69";1795317804598;"203.0.113.9";"127.0.0.1";"5f67b38f";"Orders";"7e3c7b4c";"d4f0f9d2";"91f077b0";"8463511c";"318e47e5";"";"";"/v1/orders/42";"";"";"GET";200;"http-get";"https://orders.internal";"";"";"curl/8.5.0";"api.example.com";-1;274;137;144;7;"API_KEY";"SECRET-KEY";"product";"eu"',
      '"13f5ae30";"13f5ae30";1795317804598;"203.0.113.9";"127.0.0.1";"ff3c6c48";"Orders";"7e3c7b4c";"d4f0f9d2";"91f077b0";"e115ea63";"04975880";"";"";"/v1/orders";"";"";"GET";200;"https://orders.internal";"";"";"curl/8.5.0";"api.example.com";0;275;144;150;6;"API_KEY";"SECRET-KEY";"eu"',
    ],
  ],
  [
    'tyk-syslog',
    [
      'map[alias:acme-prod api_id:b84fe1a0 api_key:SECRET-KEY api_name:Orders api_version:v1 content_length:0 host:upstream.internal:8080 ip_address:203.0.113.9 method:GET oauth_id: org_id:5e9d9544 path:/orders/42 raw_path:/orders/42 raw_request: raw_response: request_time_ms:37 response_code:200 timestamp:2026-11-22 03:23:24.598123456 +0000 UTC user_agent:Mozilla/5.0 (X11; Linux x86_64)]',
    ],
  ],
])
