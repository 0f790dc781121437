#!/usr/bin/env node
// The program: reads the command line and hands over. The only file that ends the process.
import { parseArguments } from './cli/arguments.ts';
import { programVersion } from './cli/version.ts';

const parsed = parseArguments(process.argv.slice(2), programVersion);
if (!parsed.ok) {
  (parsed.exitCode === 0 ? process.stdout : process.stderr).write(parsed.text);
  process.exitCode = parsed.exitCode;
} else {
  const { runInvocation } = await import('./cli/run.ts');
  process.exit(await runInvocation(parsed.invocation));
}
