// Certificates for one run: an authority, one serving certificate for every cluster, client certificates. EC P-256.
import './reflect.ts';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

type KeyPair = webcrypto.CryptoKeyPair;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export type Issued = { readonly cert: string; readonly key: string };

export type Authority = {
  /** PEM. */
  readonly ca: string;
  readonly serving: Issued;
  /** A client certificate for a user and its groups. */
  client(user: string, groups: readonly string[]): Promise<Issued>;
};

/** Makes an authority that lives for two days around `now`. */
export async function makeAuthority(now: number): Promise<Authority> {
  const notBefore = new Date(now - 3600_000);
  const notAfter = new Date(now + 48 * 3600_000);
  const newKeys = (): Promise<KeyPair> =>
    webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<KeyPair>;
  const pemKey = async (key: webcrypto.CryptoKey): Promise<string> =>
    x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
  const caKeys = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=flagbridge-demo-ca',
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  });
  let serial = 1;
  const issue = async (subject: x509.JsonName, extensions: x509.Extension[]): Promise<Issued> => {
    const keys = await newKeys();
    serial++;
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: serial.toString(16).padStart(2, '0'),
      subject,
      issuer: authority.subject,
      notBefore,
      notAfter,
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: caKeys.privateKey,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
        ...extensions,
      ],
    });
    return { cert: certificate.toString('pem'), key: await pemKey(keys.privateKey) };
  };
  const names = new x509.SubjectAlternativeNameExtension([
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
  ]);
  const serving = await issue(
    [{ CN: ['kube-apiserver'] }],
    [names, new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth])],
  );
  return {
    ca: authority.toString('pem'),
    serving,
    client: (user, groups) =>
      issue(
        [...groups.map((g) => ({ O: [g] })), { CN: [user] }],
        [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])],
      ),
  };
}
