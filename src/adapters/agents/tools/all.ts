import { applyPatch } from './apply-patch.ts';
import { edit } from './edit.ts';
import { cannot, done } from './end.ts';
import { list } from './list.ts';
import { read } from './read.ts';
import { run } from './run.ts';
import { search } from './search.ts';
import type { Tool } from './tool.ts';
import { write } from './write.ts';

/** Every tool of the built-in agent. The order is part of the request's bytes. */
export const tools: readonly Tool[] = [read, write, edit, applyPatch, list, search, run, done, cannot];
