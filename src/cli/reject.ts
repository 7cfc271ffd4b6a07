import { readFile } from 'node:fs/promises';
import type { Octokit } from '@octokit/rest';
import { Command } from 'commander';
import { hashOf } from '../domain/hash.ts';
import { hasLabel, LABELS } from '../domain/labels.ts';
import { rejecting as say } from '../domain/messages/intake.ts';
import { cutBlock, documentBlock, type RejectionDocument, readDocument } from '../domain/rejection-document.ts';
import { isHttpError } from './doctor/http-error.ts';
import { octokitFor } from './octokit-for.ts';
import { type Print, toTerminal } from './print.ts';

/** What GitHub takes as the body of an issue. */
const LONGEST_BODY = 65_536;
/** How many of the newest issues are looked through for one that was made before. */
const PAGES = 3;
const PER_PAGE = 100;

interface Rejecting {
  readonly file: string;
  /** `owner/name`. */
  readonly repo: string;
  readonly token: string;
  readonly apiUrl: string;
}

/** The document in a file, or every mistake in words. */
async function readFrom(file: string): Promise<ReturnType<typeof readDocument>> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    if (error instanceof TypeError) return { problems: [say.notUtf8] };
    return { problems: [say.unreadable((error as NodeJS.ErrnoException).code ?? '')] };
  }
  return readDocument(text);
}

const isOf = (body: string | null | undefined, wanted: string): boolean => {
  const { block } = cutBlock((body ?? '').replace(/\r\n?/g, '\n'));
  const read = block === null ? null : readDocument(block);
  return read !== null && 'document' in read && hashOf(read.document) === wanted;
};

/** The issue of this document, found or made: whoever runs this again after a crash makes no second one. */
async function issueOf(octokit: Octokit, repo: string, document: RejectionDocument) {
  const [owner = '', name = ''] = repo.split('/');
  const at = { owner, repo: name };
  const wanted = hashOf(document);
  for (let page = 1; page <= PAGES; page++) {
    const { data } = await octokit.rest.issues.listForRepo({ ...at, state: 'all', per_page: PER_PAGE, page });
    const found = data.find(({ body }) => isOf(body, wanted));
    if (found !== undefined) return { issue: found, isNew: false };
    if (data.length < PER_PAGE) break;
  }
  const [title, body] = [document.title, documentBlock(document)];
  const { data } = await octokit.rest.issues.create({ ...at, title, body, labels: [LABELS.rejection] });
  return { issue: data, isNew: true };
}

/** Files a rejection that stands in a file as an issue, once; false when it could not be. */
export async function runReject(of: Rejecting, print: Print): Promise<boolean> {
  const read = await readFrom(of.file);
  if ('problems' in read) {
    for (const problem of read.problems) print(say.problem(of.file, problem));
    return false;
  }
  if (documentBlock(read.document).length > LONGEST_BODY) {
    print(say.problem(of.file, say.tooLong));
    return false;
  }
  try {
    const { issue, isNew } = await issueOf(octokitFor(of), of.repo, read.document);
    print((isNew ? say.filed : say.there)(of.repo, issue.number));
    const labels = issue.labels.map((label) => (typeof label === 'string' ? label : (label.name ?? '')));
    if (hasLabel(labels, LABELS.rejection)) return true;
    print(say.unlabelled(issue.number));
    return false;
  } catch (error) {
    if (!isHttpError(error)) throw error;
    print(say.refused(of.repo, error.response === undefined ? null : error.status));
    return false;
  }
}

export const reject = new Command('reject')
  .argument('<file>', 'the rejection as JSON, as docs/rejection.schema.json says')
  .requiredOption('--repo <owner/name>', 'where to file it')
  .action(async (file: string, { repo }: { readonly repo: string }) => {
    const token = process.env['GITHUB_TOKEN'];
    if (!token) throw new Error(say.noToken);
    if (!/^[\w.-]+\/[\w.-]+$/.test(repo)) throw new Error(say.badRepository(repo));
    const apiUrl = (process.env['GITHUB_API_URL'] || 'https://api.github.com').replace(/\/+$/, '');
    if (!(await runReject({ file, repo, token, apiUrl }, toTerminal))) process.exitCode = 1;
  });
