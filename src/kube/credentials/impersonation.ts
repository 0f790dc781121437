// Impersonation headers as client-go writes them (transport/round_trippers.go, impersonatingRoundTripper).
import type { Impersonation } from '../kubeconfig/context.ts';
import type { CredentialHeaders } from './contract.ts';

/** Headers for one identity; empty when nobody is impersonated. A text says which value no header may carry. */
export function impersonationHeaders(who: Impersonation | null): CredentialHeaders | string {
  if (who === null) return {};
  const values = [who.user, who.uid ?? '', ...who.groups, ...Object.values(who.extra).flat()];
  if (values.some((v) => /[\0-\x1f\x7f]/.test(v))) return 'impersonation in the kubeconfig holds control characters';
  return {
    'Impersonate-User': bytes(who.user),
    ...(who.uid !== null && { 'Impersonate-Uid': bytes(who.uid) }),
    ...(who.groups.length > 0 && { 'Impersonate-Group': who.groups.map(bytes) }),
    ...Object.fromEntries(
      Object.entries(who.extra)
        .filter(([, list]) => list.length > 0)
        .map(([key, list]) => [`Impersonate-Extra-${escapeKey(key)}`, list.map(bytes)]),
    ),
  };
}

/** Bytes that may not stand in a header's name are percent-encoded, and so is the percent sign. Keys are lower case. */
const escapeKey = (key: string): string =>
  [...Buffer.from(key.toLowerCase(), 'utf8')]
    .map((byte) => String.fromCharCode(byte))
    .map((char) => (/[a-z0-9!#$&'*+.^_`|~-]/.test(char) ? char : percent(char)))
    .join('');

const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** Node writes header values as Latin-1; UTF-8 must reach the server as its bytes. */
const bytes = (value: string): string => Buffer.from(value, 'utf8').toString('latin1');
