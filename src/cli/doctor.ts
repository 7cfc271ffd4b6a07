import { resolve } from 'node:path';
import { Command } from 'commander';
import { type Finding, finding, repository as say } from '../domain/messages/cli.ts';
import { checkMachine, type Env } from './doctor/machine.ts';
import { checkRepository } from './doctor/repository.ts';
import { type Print, toTerminal } from './print.ts';

interface Patient {
  readonly repo?: string;
  readonly token?: string;
}

async function checkGithub({ repo, token }: Patient, env: Env): Promise<readonly Finding[]> {
  if (repo === undefined) return [];
  const own = token || env['GITHUB_TOKEN'];
  if (!own) return [say.noToken];
  const apiUrl = (env['GITHUB_API_URL'] || 'https://api.github.com').replace(/\/+$/, '');
  const app = /^\d+$/.test(env['APP_ID'] ?? '') ? Number(env['APP_ID']) : null;
  return checkRepository({ repo, token: own, apiUrl, app });
}

/** Prints one line per finding about this machine, and about a repository when one is named; true when all is well. */
export async function runDoctor(patient: Patient, env: Env, print: Print): Promise<boolean> {
  const findings = [
    ...(await checkMachine(env, resolve(env['STATE_DIR'] || 'state'))),
    ...(await checkGithub(patient, env)),
  ];
  for (const one of findings) print(finding(one));
  return findings.every(({ ok }) => ok);
}

export const doctor = new Command('doctor')
  .argument('[repository]', 'owner/name on GitHub')
  .option('--token <token>', 'instead of GITHUB_TOKEN; other users of this machine can see it while this runs')
  .action(async (repo: string | undefined, { token }: { readonly token?: string }) => {
    const patient = { ...(repo === undefined ? {} : { repo }), ...(token === undefined ? {} : { token }) };
    if (!(await runDoctor(patient, process.env, toTerminal))) process.exitCode = 1;
  });
