#!/usr/bin/env node
import { Command } from 'commander';

// Trees are laid out for other users of this machine to read: a sandbox runs as one.
process.umask(0o022);

/** Loaded only when named: the server never loads the local forge, and the forge never the server. */
const commands: Readonly<Record<string, readonly [description: string, load: () => Promise<Command>]>> = {
  serve: ['run the app: webhooks and work in one process', async () => (await import('./serve.ts')).serve],
  web: ['take in webhooks only; any number, with DATABASE_URL', async () => (await import('./serve.ts')).web],
  worker: ['do the work only; any number, with DATABASE_URL', async () => (await import('./serve.ts')).worker],
  up: ['bring up the demo’s world to click through; it stays up', async () => (await import('./up.ts')).up],
  demo: ['tell six stories on a local forge, with the real app', async () => (await import('./demo.ts')).demo],
  forge: [
    'run a local forge: GitHub’s API on real repositories, for trying out',
    async () => (await import('./forge.ts')).forge,
  ],
  try: [
    'run the loop on a local clone: no GitHub, nothing is written there',
    async () => (await import('./try.ts')).tryHere,
  ],
  gate: [
    'judge a commit of a local clone as a pull request, or test the gate itself',
    async () => (await import('./gate.ts')).gate,
  ],
  reject: [
    'file a rejection that stands in a file as an issue, once',
    async () => (await import('./reject.ts')).reject,
  ],
  doctor: [
    'check this machine and a repository’s rules, and say what to do',
    async () => (await import('./doctor.ts')).doctor,
  ],
  db: ['verify the database, or move it to a server', async () => (await import('./db.ts')).db],
  forget: [
    'delete everything personal about a rejection, and search for what is left',
    async () => (await import('./forget.ts')).forget,
  ],
  pause: [
    'stop all work and all writes at once; webhooks are still taken in',
    async () => (await import('./pause.ts')).pause,
  ],
  resume: ['let everything go on after a pause', async () => (await import('./pause.ts')).resume],
  status: [
    'tell where all rejections stand, what is delayed, and who works',
    async () => (await import('./status.ts')).status,
  ],
  why: ['tell what became of one rejection, and why', async () => (await import('./why.ts')).why],
  replay: ['make a recorded round of an agent again, and compare', async () => (await import('./replay.ts')).replay],
  bench: ['measure how well rejections become specs', async () => (await import('./bench.ts')).bench],
  lint: ['check a checkout’s configuration, rubrics and cases', async () => (await import('./lint.ts')).lint],
};

const program = new Command('corrigible').description('Turns a rejected output into a merged, proven fix');
for (const [name, [description, load]] of Object.entries(commands))
  program.addCommand((name === process.argv[2] ? await load() : new Command(name)).description(description));

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
