// The keys of one control plane: an authority, a serving certificate, client certificates, and the key that signs
// service account tokens. Made anew for every run.
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type KeyPair = { readonly cert: Buffer; readonly key: Buffer };

export type Certificates = {
  readonly ca: Buffer;
  /** `O=system:masters, CN=admin`: may do everything, whatever RBAC says. */
  readonly admin: KeyPair;
  /** Signs one more client certificate; `groups` become its organizations. */
  issue(name: string, groups?: readonly string[], days?: number): Promise<KeyPair>;
};

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Writes ca, srv, admin, proxy (`.crt`, `.key`) and sa (`.key`, `.pub`) into `dir`. */
export async function makeCertificates(dir: string, addresses: readonly string[]): Promise<Certificates> {
  const openssl = (...args: string[]) => run('openssl', args, { cwd: dir });
  const sign = async (name: string, subject: string, extensions: string, days = 30): Promise<KeyPair> => {
    await openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject);
    writeFileSync(join(dir, `${name}.ext`), `${extensions}\n`);
    const input = ['-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-extfile', `${name}.ext`];
    const serial = `0x${Buffer.from(crypto.getRandomValues(new Uint8Array(15))).toString('hex')}`;
    await openssl('x509', '-req', ...input, '-set_serial', serial, '-days', String(days), '-out', `${name}.crt`);
    return { cert: readFileSync(join(dir, `${name}.crt`)), key: readFileSync(join(dir, `${name}.key`)) };
  };
  const names = ['DNS:localhost', 'IP:10.96.0.1', ...addresses.map((address) => `IP:${address}`)];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-subj',
    '/CN=test-ca',
    '-days',
    '30',
  );
  const issue = (name: string, groups: readonly string[] = [], days?: number): Promise<KeyPair> =>
    sign(name, `${groups.map((group) => `/O=${group}`).join('')}/CN=${name}`, 'extendedKeyUsage=clientAuth', days);
  const [admin] = await Promise.all([
    issue('admin', ['system:masters']),
    issue('proxy'),
    sign('srv', '/CN=localhost', `subjectAltName=${names.join(',')}`),
  ]);
  const account = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(dir, 'sa.key'), account.privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(join(dir, 'sa.pub'), account.publicKey.export({ type: 'spki', format: 'pem' }));
  return { ca: readFileSync(join(dir, 'ca.crt')), admin, issue };
}
