// The floor of a program with two threads that does nothing: what Node itself takes of memory and CPU.
import { Worker } from 'node:worker_threads';

const worker = new Worker('setInterval(() => {}, 1000);', { eval: true });
worker.on('online', () => process.stdout.write('ready'));
