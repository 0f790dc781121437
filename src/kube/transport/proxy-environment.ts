// HTTPS_PROXY, HTTP_PROXY and NO_PROXY as client-go reads them (golang.org/x/net/http/httpproxy, plus the CIDRs of
// k8s.io/apimachinery util/net): upper case first, loopback never through a proxy.
import net from 'node:net';
import type { Environment } from '../../platform/environment.ts';

/**
 * How the environment says to reach a server; null: directly. A value without a scheme is an http proxy, as in Go. The
 * environment is read once here: reading process.env for each of thousands of clusters takes longer than their URLs.
 */
export function environmentProxies(env: Environment): (server: URL) => string | null {
  const forHttps = proxyUrl(anyOf(env, 'HTTPS_PROXY', 'https_proxy'));
  const forHttp = proxyUrl(anyOf(env, 'HTTP_PROXY', 'http_proxy'));
  const noProxy = anyOf(env, 'NO_PROXY', 'no_proxy');
  return (server) => {
    const proxy = server.protocol === 'https:' ? forHttps : forHttp;
    return proxy !== null && usesProxy(server, noProxy) ? proxy : null;
  };
}

function proxyUrl(value: string): string | null {
  if (value === '') return null;
  const url = /^(https?|socks5h?):\/\//i.test(value) ? value : `http://${value}`;
  return URL.canParse(url) ? url : null;
}

const anyOf = (env: Environment, ...names: readonly string[]): string => {
  for (const name of names) {
    const value = env[name];
    if (value !== undefined && value !== '') return value.trim();
  }
  return '';
};

function usesProxy(server: URL, noProxy: string): boolean {
  const host = server.hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
  if (isLoopback(host)) return false;
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  return !noProxy.split(',').some((entry) => excludes(entry.trim().toLowerCase(), host, port));
}

/** `localhost`, 127.0.0.0/8 and ::1. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  if (net.isIPv4(host)) return host.startsWith('127.');
  return net.isIPv6(host) && loopback6.check(host, 'ipv6');
}

const loopback6 = new net.BlockList();
loopback6.addAddress('::1', 'ipv6');

function excludes(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (entry.includes('/')) return inSubnet(entry, host);
  const { name, onlyPort } = splitPort(entry);
  if (onlyPort !== '' && onlyPort !== port) return false;
  if (net.isIP(name) !== 0) return sameAddress(name, host);
  if (net.isIP(host) !== 0) return false;
  // `.example.com` and `*.example.com` mean what is below; `example.com` means itself as well.
  const below = name.startsWith('*.') ? name.slice(1) : name;
  if (below.startsWith('.')) return host.endsWith(below);
  return host === below || host.endsWith(`.${below}`);
}

function splitPort(entry: string): { readonly name: string; readonly onlyPort: string } {
  if (net.isIPv6(entry)) return { name: entry, onlyPort: '' };
  const match = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(entry);
  return { name: match?.[1] ?? entry, onlyPort: match?.[2] ?? '' };
}

function inSubnet(cidr: string, host: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  const family = net.isIP(address);
  if (family === 0 || net.isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new net.BlockList();
  list.addSubnet(address, Number(bits), type);
  return list.check(host, type);
}

function sameAddress(a: string, b: string): boolean {
  const family = net.isIP(a);
  return net.isIP(b) === family && inSubnet(`${a}/${family === 4 ? 32 : 128}`, b);
}
