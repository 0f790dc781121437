#!/usr/bin/env node
// The program: reads the command line and hands over. The only file that ends the process.
import { parseArguments } from './cli/arguments.ts';
import { crashReport } from './cli/crash-report.ts';
import { programVersion } from './cli/version.ts';

/** EX_SOFTWARE of sysexits.h: an error inside of the program itself. */
const crashed = 70;

// A reader that went away (`| head`) is no error; who writes results notices it there.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.on('uncaughtException', (error: unknown) => {
  // The terminal was given back by its own listener before this one hears of it.
  process.stderr.write(crashReport(error, { version: programVersion, columns: process.stderr.columns ?? 100 }));
  process.exit(crashed);
});

const parsed = parseArguments(process.argv.slice(2), programVersion);
if (!parsed.ok) {
  (parsed.exitCode === 0 ? process.stdout : process.stderr).write(parsed.text);
  process.exitCode = parsed.exitCode;
} else {
  const { invocation } = parsed;
  process.exit(
    invocation.command === 'screen'
      ? await (await import('./app/screen-command.ts')).runScreenCommand(invocation)
      : await (await import('./cli/run.ts')).runCommandLine(invocation),
  );
}
