// What a command needs to run an engine in its own thread, in one piece that is loaded with one import.
export { createCore, createEngine } from '../engine/create-engine.ts';
export { engineOptions } from './engine-options.ts';
