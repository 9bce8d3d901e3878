import type { Schemas } from '../../api/types'

export type Shape = Schemas['ShapeOut']['shape']
export type Format = Schemas['DestinationOut']['log_format']

interface About {
  value: Shape
  title: string
  text: string
  endpoint: string
  /** What the secret is called there; empty: the address is the secret. */
  secret: string
  secretHelp: string
  /** The header that carries it. */
  header: string
}

/** What receivers speak. */
export const SHAPES: About[] = [
  {
    value: 'webhook',
    title: 'Webhook',
    text: 'Lines of text, one event each. For everything that takes plain requests.',
    endpoint: 'https://siem.example.com/in',
    secret: 'Authorization',
    secretHelp: 'Sent as it stands here, such as “Bearer” and a token.',
    header: 'Authorization',
  },
  {
    value: 'splunk',
    title: 'Splunk',
    text: 'The HTTP Event Collector, with or without acknowledgements.',
    endpoint: 'https://splunk.example.com:8088/services/collector/event',
    secret: 'Token',
    secretHelp: 'The token of the event collector.',
    header: 'Authorization',
  },
  {
    value: 'datadog',
    title: 'Datadog',
    text: 'The intake for logs.',
    endpoint: 'https://http-intake.logs.datadoghq.com/api/v2/logs',
    secret: 'API key',
    secretHelp: 'A key of the site that the endpoint belongs to.',
    header: 'DD-API-KEY',
  },
  {
    value: 'sumo',
    title: 'Sumo Logic',
    text: 'An HTTP source of a hosted collector.',
    endpoint: 'https://collectors.sumologic.com/receiver/v1/http/…',
    secret: '',
    secretHelp: '',
    header: '',
  },
  {
    value: 'elastic',
    title: 'Elastic or OpenSearch',
    text: 'The bulk interface of an index or a data stream.',
    endpoint: 'https://elastic.example.com/portico-audit/_bulk',
    secret: 'API key',
    secretHelp: 'The encoded key, or “Basic” and a name with its password.',
    header: 'Authorization',
  },
]

export const FORMATS: { value: Format; title: string }[] = [
  { value: 'json', title: 'JSON: flat members, sorted' },
  { value: 'cef', title: 'CEF: Common Event Format' },
  { value: 'cps', title: 'CPS: JSON inside of “event”' },
]

export function shapeOf(value: Shape): About {
  return SHAPES.find((one) => one.value === value) ?? SHAPES[0]!
}
