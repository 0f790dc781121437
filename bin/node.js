#!/usr/bin/env node
// Runs its arguments on a Node that is new enough: `node bin/node.js scripts/test.ts`. Used by the package's scripts.
import { findNode, nodeTooOld, runOn } from './find-node.js';

const node = findNode();
if (node) runOn(node, process.argv.slice(2));
else {
  process.stderr.write(`${nodeTooOld()}\n`);
  process.exit(2);
}
