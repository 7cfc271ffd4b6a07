#!/usr/bin/env node
import { Command } from 'commander';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { forge } from './forge.ts';
import { lint } from './lint.ts';
import { serve } from './serve.ts';
import { tryHere } from './try.ts';
import { up } from './up.ts';

// Trees are laid out for other users of this machine to read: a sandbox runs as one.
process.umask(0o022);

const program = new Command('corrigible').description('Turns a rejected output into a merged, proven fix');
for (const command of [serve, forge, up, demo, tryHere, doctor, lint]) program.addCommand(command);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
