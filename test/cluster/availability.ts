// Whether tests that need a real control plane run here: they are skipped with a printed reason where it cannot be
// had, and fail where FLAGBRIDGE_REQUIRE_CLUSTER says that it must be there.
import { findTools } from './tools.ts';

export type Availability = { readonly available: true } | { readonly available: false; readonly reason: string };

/** Prints the reason once per process when there is no control plane. Throws when a skip is a failure. */
export function controlPlaneAvailability(env: NodeJS.ProcessEnv = process.env): Availability {
  const tools = findTools(env);
  if (tools.type === 'ready') return { available: true };
  const reason =
    tools.type === 'unavailable'
      ? tools.reason
      : `not built yet (${tools.missing.join(', ')}); npm run test:cluster builds it first`;
  if (env['FLAGBRIDGE_REQUIRE_CLUSTER'] === '1') {
    throw new Error(`a real control plane is required here, but: ${reason}`);
  }
  if (!printed) process.stderr.write(`skipped: no real control plane: ${reason}\n`);
  printed = true;
  return { available: false, reason };
}

let printed = false;
