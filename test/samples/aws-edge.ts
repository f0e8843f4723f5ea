import type { Sample } from './sample.ts'

/** ALB: seven entries in the older width, seven with fields behind. CloudFront: two rows of 33 columns, no header lines. */
export const AWS_EDGE: readonly Sample[] = [
  {
    file: 'aws-alb/alb-access.log',
    format: 'aws-alb',
    lines: 14,
    calls: 14,
    unparsed: {},
    dropped: {},
    consumer: null,
    first: { host: 'www.example.com', operation: 'GET /' },
  },
  {
    file: 'aws-cloudfront/cloudfront-w3c.tsv.log',
    format: 'aws-cloudfront',
    lines: 2,
    calls: 2,
    unparsed: {},
    dropped: {},
    consumer: null,
    // The viewer's Host, not the distribution's name.
    first: { host: 'hub-cdn.crowdsec.net', operation: 'GET /testseb' },
  },
]
