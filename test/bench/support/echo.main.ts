// The floor of key latency: a bare Node on the same kind of terminal that answers each key with one short line.
process.stdin.setRawMode(true);
process.stdin.on('data', () => process.stdout.write('\r\x1b[Kecho'));
process.stdout.write('ready');
