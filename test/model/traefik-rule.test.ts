import test from 'ava'
import { decideMatcher } from '../../src/model/traefik-matchers.ts'
import { type Request, ruleTruth, valuesOf } from '../../src/model/traefik-rule.ts'

const REQUEST: Request = { host: 'shop.example.org', path: '/api/v1', query: 'a=1&b', tls: true, client: '10.0.0.7' }

for (const [rule, expected] of [
  ['Host(`shop.example.org`)', true],
  ['Host(`SHOP.example.org`)', true],
  ['Host(`a.org`, `shop.example.org`)', true],
  ['Host(`a.org`)', false],
  ['!Host(`a.org`)', true],
  ['Host(`shop.example.org`) && PathPrefix(`/api`)', true],
  ['Host("shop.example.org") && PathPrefix("/ap")', true],
  ['Host(`shop.example.org`) && Path(`/api`)', false],
  ['Host(`a.org`) || PathPrefix(`/api`) && !Path(`/api`)', true],
  ['(Host(`a.org`) || PathPrefix(`/api`)) && Path(`/x`)', false],
  ['HostRegexp(`{sub:[a-z]+}.example.org`)', true],
  ['HostRegexp(`{sub:[a-z]{2}}.example.org`)', false],
  ['HostRegexp(`^[a-z]+\\.example\\.org$`)', true],
  ['PathPrefix(`/{version:[a-z]+}/`)', true],
  ['PathRegexp(`^/api/v\\d`)', true],
  ['Query(`a=1`)', true],
  ['Query(`a`, `2`)', false],
  ['Query(`b`)', true],
  ['ClientIP(`10.0.0.0/8`)', true],
  ['ClientIP(`192.168.0.0/16`, `10.0.0.8`)', false],
  ['HostSNI(`*`)', true],
  ['HostSNI(`shop.example.org`)', true],
  ['HostSNI(`a.org`)', false],
  ['Method(`GET`)', ['the method is GET']],
  ['Host(`a.org`) && Method(`GET`)', false],
  ['Host(`shop.example.org`) || Method(`GET`)', true],
  ['PathPrefix(`/api`) && !Method(`GET`, `HEAD`)', ['not (the method is GET or HEAD)']],
  ['Method(`GET`) || Headers(`X-A`, `b`)', ['the method is GET or the request has the header X-A: b']],
  ['Later(`x`)', ['Later(x) matches']],
  ['PathRegexp(`(?i)/API`)', ['/api/v1 matches (?i)/API']],
  ['Host(`a.org`', undefined],
  ['Host(`a.org`) Path(`/`)', undefined],
  ['Host(`a.org`) &&', undefined],
  ['Host(a.org)', undefined],
  ['', undefined]
] as const) {
  test(`a rule of Traefik: ${rule}`, (t) => t.deepEqual(ruleTruth(rule, REQUEST, decideMatcher), expected as never))
}

test('where versions 2 and 3 read a pattern differently, it is open', (t) => {
  t.deepEqual(ruleTruth('HostRegexp(`example.org`)', REQUEST, decideMatcher), [
    "shop.example.org matches example.org, which depends on Traefik's version"
  ])
  t.is(ruleTruth('HostRegexp(`other.com`)', REQUEST, decideMatcher), false)
})

test('a client whose address is not known', (t) => {
  const { client: _, ...request } = REQUEST
  t.deepEqual(ruleTruth('ClientIP(`10.0.0.0/8`)', request, decideMatcher), ["the client's address is in 10.0.0.0/8"])
})

test('the hosts a rule names', (t) => {
  t.deepEqual(valuesOf('Host(`a`, `b`) || (HostSNI(`c`) && Host(`d`))', 'Host'), ['a', 'b', 'd'])
})
