// What a `proxy-url` may be. Apart from the way through it, so that reading a kubeconfig loads no network code.
const schemes = new Set(['http:', 'https:', 'socks5:', 'socks5h:']);

/** Why a `proxy-url` cannot be used, or null; client-go takes http, https and socks5 (clientcmd ParseProxyURL). */
export function proxyTrouble(proxyUrl: string): string | null {
  if (!URL.canParse(proxyUrl)) return 'proxy-url is not a URL';
  const { protocol, hostname } = new URL(proxyUrl);
  if (!schemes.has(protocol)) return `proxy-url has the scheme ${protocol.slice(0, -1)}; use http, https or socks5`;
  return hostname === '' ? 'proxy-url names no host' : null;
}
