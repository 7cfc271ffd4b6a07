import { expect, test } from 'vitest';
import { proposed } from '../support/proposed.ts';
import { inWorld, REPO } from '../support/world.ts';

const OWNERS = `*          @carol
/config/   @alice @Bob @acme/answers bob@support.example
/config/*  @Bob @acme/answers
`;

test('the code owners of what was changed are asked and mentioned once; issue and pull request name each other', () =>
  inWorld({ files: { 'docs/CODEOWNERS': OWNERS } }, async (world) => {
    world.forge.acts.addTeam(REPO, 'answers', ['carol']);
    const { issue, pull } = await proposed(world);
    // Carol owns the case file that comes along, the others the file that was fixed.
    const asked = await world.pull(pull);
    expect(asked.requested_reviewers.map(({ login }: { login: string }) => login)).toEqual(['bob', 'carol']);
    expect(asked.requested_teams.map(({ slug }: { slug: string }) => slug)).toEqual(['answers']);
    expect(asked.body).toContain(`rejected in #${issue} `);
    expect(await world.status(issue)).toContain(`Proposed in #${pull} at`);
    // What follows edits and adds, and mentions nobody again.
    await world.requestChanges(pull, 'Why 9?', 'carol');
    await world.restart();
    await world.approve(pull, 'carol');
    const everything = [asked.body, ...(await world.said(issue)), ...(await world.said(pull))].join('\n');
    expect(everything.match(/@(?!rita)[\w/-]+/g)).toEqual(['@bob', '@carol', '@acme/answers']);
  }));
