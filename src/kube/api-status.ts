// Understands the body of an error answer: a metav1.Status when it is one, else the first line of what was said.

import { list, number, record, text } from '../core/object.ts';
import { cell, redact } from '../core/sanitise.ts';
import { ApiError, type ApiStatus } from './api-error.ts';

export type ErrorAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** What was asked, for messages: `GET /api/v1/pods`. */
  readonly asked: string;
};

/** The error that an answer of 400 and more (or a redirect, which is never followed) stands for. */
export function errorOf(answer: ErrorAnswer): ApiError {
  const { status: code, asked } = answer;
  if (code >= 300 && code < 400) {
    const to = cell(redact(answer.headers['location'] ?? 'nowhere'));
    return new ApiError('protocol', `${asked} was redirected to ${to}; redirects are not followed`);
  }
  const parsed = parseStatus(answer.body);
  const status = parsed === null ? plainStatus(code, answer) : statusOf(parsed, code);
  const retryAfter = retryAfterOf(answer.headers) ?? number(parsed, 'details', 'retryAfterSeconds') ?? null;
  const message = status.message === '' ? `${asked} was answered with ${code}` : status.message;
  return new ApiError('status', message, { status, retryAfter });
}

/** Seconds of a Retry-After header; dates are not sent by API servers and count as none. */
export function retryAfterOf(headers: Readonly<Record<string, string | undefined>>): number | null {
  const raw = headers['retry-after'];
  if (raw === undefined || !/^\d{1,6}$/.test(raw.trim())) return null;
  return Number(raw);
}

/** A Status object as it stands in an answer or in an ERROR event of a watch. */
export function statusOf(value: unknown, code: number): ApiStatus {
  const details = record(value, 'details');
  return {
    code: number(value, 'code') ?? code,
    reason: cell(text(value, 'reason')),
    message: cell(redact(text(value, 'message'))),
    causes: list(details, 'causes').map((cause) => ({
      reason: cell(text(cause, 'reason')),
      message: cell(redact(text(cause, 'message'))),
      field: cell(text(cause, 'field')),
    })),
    name: cell(text(details, 'name')) || null,
    kind: cell(text(details, 'kind')) || null,
  };
}

/**
 * Null when the body is no Status. Some are sent as text/plain and without a kind (a request's own timeout), so the
 * body decides and not the header.
 */
function parseStatus(body: string): unknown {
  if (!body.trimStart().startsWith('{')) return null;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return null;
  }
  return text(value, 'kind') === 'Status' || text(value, 'status') === 'Failure' ? value : null;
}

function plainStatus(code: number, answer: ErrorAnswer): ApiStatus {
  const isHtml = /^\s*<(?:!doctype|html|\?xml)/i.test(answer.body);
  const title = isHtml ? /<title[^>]*>([^<]{1,200})/i.exec(answer.body)?.[1] : answer.body.trim().split('\n', 1)[0];
  const said = cell(redact((title ?? '').trim().slice(0, 500)));
  const message = isHtml ? `a web page answered instead of the API server (${code}${said && `: ${said}`})` : said;
  return { code, reason: '', message, causes: [], name: null, kind: null };
}
