import { expect, test } from 'vitest';
import { errorOf, retryAfterOf } from './api-status.ts';

const error = (status: number, body: string, headers: Record<string, string> = {}) =>
  errorOf({ status, body, headers, asked: 'GET /x' });

test('a Status is read, its texts are made safe', () => {
  const found = error(
    403,
    JSON.stringify({
      kind: 'Status',
      status: 'Failure',
      reason: 'Forbidden',
      message: 'User "v\u001b[31m" cannot list resource "pods" in API group ""',
      details: { name: 'web', kind: 'pods', causes: [{ reason: 'R', message: 'M', field: 'spec.x' }] },
      code: 403,
    }),
  );
  expect(found.status).toEqual({
    code: 403,
    reason: 'Forbidden',
    message: 'User "v^[[31m" cannot list resource "pods" in API group ""',
    causes: [{ reason: 'R', message: 'M', field: 'spec.x' }],
    name: 'web',
    kind: 'pods',
  });
  expect(found.isMissingRight).toBe(true);
});

test('a Status without a kind, sent as text, is one', () => {
  const body = '{"metadata":{},"status":"Failure","message":"Timeout: …","reason":"Timeout","details":{},"code":504}';
  expect(error(504, body).message).toBe('Timeout: …');
});

test.each([
  [429, 'Too many requests, please try again later.\n', 'Too many requests, please try again later.'],
  [404, '404 page not found\n', '404 page not found'],
  [
    502,
    '<html><head><title>502 Bad Gateway</title></head></html>',
    'a web page answered instead of the API server (502: 502 Bad Gateway)',
  ],
  [500, '', 'GET /x was answered with 500'],
  [500, '{"broken', '{"broken'],
])('%i %j', (code, body, message) => {
  const found = error(code, body);
  expect([found.code, found.message]).toEqual([code, message]);
});

test('seconds to wait come from the header, else from the details', () => {
  expect(error(429, '', { 'retry-after': '7' }).retryAfter).toBe(7);
  const body = '{"kind":"Status","details":{"retryAfterSeconds":10}}';
  expect(error(429, body).retryAfter).toBe(10);
  expect(error(429, '').retryAfter).toBeNull();
  expect(retryAfterOf({ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' })).toBeNull();
});

test('secrets in messages are taken out', () => {
  expect(error(401, 'invalid: Bearer abcdefghijkl').message).not.toContain('abcdefghijkl');
});
