import { expect, test } from 'vitest';
import {
  CONFIGURATION,
  checksRule,
  inForge,
  noRewriting,
  OWN,
  protection,
  pullRule,
  ruleset,
  valid,
  validForAll,
  type World,
} from './support/doctor-forge.ts';

const ALL = { [CONFIGURATION]: validForAll };
const GATE = { context: 'corrigible/gate', integration_id: OWN };

/** The lines about the rules of the branch. */
const rulesIn = (said: string): readonly string[] =>
  said.split('\n').filter((line) => line && !/label|^✓ .*valid|default branch is/.test(line));

/** What the doctor says now that it does not say where everything is right. */
async function complaints({ look }: World): Promise<readonly string[]> {
  return rulesIn(await look()).filter((line) => !line.startsWith('✓'));
}

/** Each complaint begins like this, in this order, there is no other, and each says what to do. */
function expectComplaints(found: readonly string[], words: readonly string[]): void {
  expect(found.map((line, i) => line.slice(0, words[i]?.length))).toEqual(words);
  for (const [i, line] of found.entries()) expect(line.length).toBeGreaterThan((words[i]?.length ?? 0) + 10);
}

const withRules = (...rules: readonly object[]) => ruleset({ rules });
const byChecks = (...checks: readonly object[]) => withRules(checksRule(checks), pullRule(), ...noRewriting);
const byPull = (more: object) => withRules(checksRule(), pullRule(more), ...noRewriting);

test('a ruleset that holds everything is right throughout', () =>
  inForge(ALL, async (world) => {
    await world.call('POST', '/rulesets', ruleset());
    expect(rulesIn(await world.look())).toEqual([
      '✓ The branch requires corrigible/gate, from the App 77 alone.',
      '✓ People’s pull requests are judged, so the required gate answers there, too.',
      '✓ Branches have to be up to date before they merge.',
      '✓ Approvals required by GitHub: 1.',
      '✓ A push takes earlier approvals away.',
      '✓ The last push has to be approved by somebody else than who pushed it.',
      '✓ Conversations have to be resolved before a merge.',
      '✓ Nobody may force-push to the branch or delete it.',
      '✓ The app may merge by squash.',
    ]);
  }));

test('branch protection that holds everything is right throughout', () =>
  inForge(ALL, async (world) => {
    await world.call('PUT', '/branches/main/protection', protection());
    expect(await complaints(world)).toEqual([]);
    expect(await world.look()).toContain('✓ The branch protection binds administrators, too.');
  }));

const SPEC = { context: 'corrigible/spec', integration_id: OWN };
test.each<[string, object, readonly string[]]>([
  ['no gate', byChecks({ context: 'build' }), ['✗ The branch does not require corrigible/gate.']],
  [
    'a gate by name only',
    byChecks({ context: 'corrigible/gate' }),
    ['✗ corrigible/gate is required by its name only,'],
  ],
  [
    'another app’s gate',
    byChecks({ ...GATE, integration_id: 78 }),
    ['✗ corrigible/gate is required from the App 78, but yours is 77.'],
  ],
  [
    'the gate of two apps',
    byChecks(GATE, { ...GATE, integration_id: 78 }),
    ['✗ corrigible/gate is required from several Apps (77, 78);'],
  ],
  ['the gate twice', byChecks(GATE, { context: GATE.context }), ['! corrigible/gate is required twice:']],
  [
    'a gate in other letters',
    byChecks({ context: 'corrigible/Gate', integration_id: OWN }),
    [
      '✗ The branch does not require corrigible/gate.',
      '✗ A check “corrigible/Gate” is required, but the app’s is called',
    ],
  ],
  [
    'a gate without its first word',
    byChecks({ context: 'gate' }),
    ['✗ The branch does not require corrigible/gate.', '✗ A check “gate” is required, but the app’s is called'],
  ],
  ['another app’s check of that name', byChecks(GATE, { context: 'gate', integration_id: 5 }), []],
  ['somebody’s check of that name beside the gate', byChecks(GATE, { context: 'gate' }), []],
  [
    'the spec’s check',
    byChecks(GATE, SPEC),
    ['✗ “corrigible/spec” is required, but people’s pull requests never get it'],
  ],
  [
    'the check of integrity',
    byChecks(GATE, { context: 'corrigible/integrity' }),
    ['✗ “corrigible/integrity” is required, but people’s pull requests never get it'],
  ],
  [
    'the check of the oracle',
    byChecks(GATE, { context: 'corrigible/oracle' }),
    ['✗ “corrigible/oracle” is required, but the app’s own pull requests never get it'],
  ],
  [
    'a step that is not there',
    byChecks(GATE, { context: 'corrigible/step/fetsch' }),
    ['✗ “corrigible/step/fetsch” is required, but the configuration has no such step'],
  ],
  [
    'a step that is there',
    byChecks(GATE, { context: 'corrigible/step/fetch' }),
    ['! “corrigible/step/fetch” is required beside the gate, which contains it.'],
  ],
  [
    'a check that the app never sets',
    byChecks(GATE, { context: 'lint', integration_id: OWN }),
    ['✗ “lint” is required, but the app never sets a check of that name.'],
  ],
  ['other people’s checks', byChecks(GATE, { context: 'build' }, { context: 'test', integration_id: 5 }), []],
  [
    'a base that may move',
    withRules(checksRule([GATE], false), pullRule(), ...noRewriting),
    ['✗ A branch may merge although its base has moved.'],
  ],
  [
    'up to date without a check, which has no effect',
    withRules(checksRule([]), pullRule(), ...noRewriting),
    ['✗ The branch does not require corrigible/gate.', '✗ A branch may merge although its base has moved.'],
  ],
  [
    'no approval',
    withRules(checksRule(), ...noRewriting),
    ['✗ GitHub requires no approval.', '! A pull request may merge while questions in it are open.'],
  ],
  [
    '0 approvals',
    byPull({ required_approving_review_count: 0 }),
    ['✗ GitHub requires pull requests, but 0 approvals of them.'],
  ],
  [
    'stale approvals',
    byPull({ dismiss_stale_reviews_on_push: false }),
    ['✗ An approval stays when something else is pushed after it'],
  ],
  [
    'a last push that its pusher may approve',
    byPull({ require_last_push_approval: false }),
    ['! Who pushed last to a pull request of somebody else may approve that push.'],
  ],
  [
    'open conversations',
    byPull({ required_review_thread_resolution: false }),
    ['! A pull request may merge while questions in it are open.'],
  ],
  [
    'code owners without a file',
    byPull({ require_code_owner_review: true }),
    ['✗ Code owners have to approve, but there is no file CODEOWNERS'],
  ],
  [
    'force pushes',
    withRules(checksRule(), pullRule(), { type: 'deletion' }),
    ['✗ The branch may be force-pushed, which takes merged and judged commits away.'],
  ],
  ['deletion', withRules(checksRule(), pullRule(), { type: 'non_fast_forward' }), ['✗ The branch may be deleted.']],
  [
    'ways to merge without squash',
    byPull({ allowed_merge_methods: ['merge', 'rebase'] }),
    ['! The ruleset “gate” does not allow squash merging, so the app makes a merge commit'],
  ],
  ['ways to merge with squash', byPull({ allowed_merge_methods: ['squash'] }), []],
  [
    'a linear history, which a squash keeps',
    withRules(checksRule(), pullRule(), ...noRewriting, { type: 'required_linear_history' }),
    [],
  ],
  [
    'signatures',
    withRules(checksRule(), pullRule(), ...noRewriting, { type: 'required_signatures' }),
    ['! Commits have to be signed. The app does not sign;'],
  ],
  [
    'updates that are restricted',
    withRules(checksRule(), pullRule(), ...noRewriting, {
      type: 'update',
      parameters: { update_allows_fetch_and_merge: false },
    }),
    ['✗ The ruleset “gate” locks the branch, so nothing can merge.'],
  ],
  [
    'people who may pass over it',
    ruleset({
      bypass_actors: [
        { actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' },
        { actor_type: 'Integration', actor_id: OWN, bypass_mode: 'pull_request' },
        { actor_type: 'Team', actor_id: 9, bypass_mode: 'always' },
        { actor_type: 'OrganizationAdmin', actor_id: 1, bypass_mode: 'always' },
        { actor_type: 'DeployKey', actor_id: null, bypass_mode: 'always' },
        { actor_type: 'User', actor_id: 12, bypass_mode: 'exempt' },
      ],
    }),
    [
      '! Some may pass over the ruleset “gate”: administrators, your App 77 (in pull requests only), the team “9”, owners of the organisation, deploy keys, the user “12”.',
    ],
  ],
])('a ruleset with %s', (_, given, words) =>
  inForge(ALL, async (world) => {
    await world.call('POST', '/rulesets', given);
    expectComplaints(await complaints(world), words);
  }),
);

const required = (more: object) => protection({ required_status_checks: { strict: true, contexts: [], ...more } });
const reviews = (more: object) =>
  protection({
    required_pull_request_reviews: { dismiss_stale_reviews: true, require_last_push_approval: true, ...more },
  });

test.each<[string, object, readonly string[]]>([
  [
    'no checks at all',
    protection({ required_status_checks: null }),
    ['✗ The branch does not require corrigible/gate.', '✗ A branch may merge although its base has moved.'],
  ],
  [
    'up to date without a check, which has no effect',
    required({ checks: [] }),
    ['✗ The branch does not require corrigible/gate.', '✗ A branch may merge although its base has moved.'],
  ],
  ['a gate by name', required({ contexts: ['corrigible/gate'] }), ['✗ corrigible/gate is required by its name only,']],
  [
    'a gate from any app (−1)',
    required({ checks: [{ context: 'corrigible/gate', app_id: -1 }] }),
    ['✗ corrigible/gate is required by its name only,'],
  ],
  [
    'another app’s gate',
    required({ checks: [{ context: 'corrigible/gate', app_id: 78 }] }),
    ['✗ corrigible/gate is required from the App 78, but yours is 77.'],
  ],
  [
    'a base that may move',
    required({ strict: false, checks: [{ context: 'corrigible/gate', app_id: OWN }] }),
    ['✗ A branch may merge although its base has moved.'],
  ],
  ['no approval', protection({ required_pull_request_reviews: null }), ['✗ GitHub requires no approval.']],
  [
    '0 approvals',
    reviews({ required_approving_review_count: 0 }),
    ['✗ GitHub requires pull requests, but 0 approvals of them.'],
  ],
  [
    'stale approvals',
    reviews({ required_approving_review_count: 1, dismiss_stale_reviews: false }),
    ['✗ An approval stays when something else is pushed after it'],
  ],
  [
    'a last push that its pusher may approve',
    reviews({ required_approving_review_count: 1, require_last_push_approval: false }),
    ['! Who pushed last to a pull request of somebody else may approve that push.'],
  ],
  [
    'code owners without a file',
    reviews({ required_approving_review_count: 1, require_code_owner_reviews: true }),
    ['✗ Code owners have to approve, but there is no file CODEOWNERS'],
  ],
  [
    'open conversations',
    protection({ required_conversation_resolution: false }),
    ['! A pull request may merge while questions in it are open.'],
  ],
  [
    'administrators who are free',
    protection({ enforce_admins: false }),
    ['✗ The branch protection does not bind administrators: they may merge and push past it.'],
  ],
  ['force pushes', protection({ allow_force_pushes: true }), ['✗ The branch may be force-pushed']],
  ['deletion', protection({ allow_deletions: true }), ['✗ The branch may be deleted.']],
  ['a lock', protection({ lock_branch: true }), ['✗ Branch protection locks the branch, so nothing can merge.']],
  ['a linear history, which a squash keeps', protection({ required_linear_history: true }), []],
])('branch protection with %s', (_, given, words) =>
  inForge(ALL, async (world) => {
    await world.call('PUT', '/branches/main/protection', given);
    expectComplaints(await complaints(world), words);
  }),
);

test('code owners who are named are right', () =>
  inForge({ ...ALL, 'docs/CODEOWNERS': '* @ada\n' }, async (world) => {
    await world.call('POST', '/rulesets', byPull({ require_code_owner_review: true }));
    expect(await complaints(world)).toEqual([]);
    expect(await world.look()).toContain('✓ Code owners have to approve what is theirs.');
  }));

test('administrators who are free of the branch protection alone are only told', () =>
  inForge(ALL, async (world) => {
    await world.call('POST', '/rulesets', ruleset());
    await world.call('PUT', '/branches/main/protection', protection({ enforce_admins: false }));
    expectComplaints(await complaints(world), [
      '! The branch protection does not bind administrators; the ruleset that requires the gate does.',
    ]);
  }));

test.each([
  ['ALLGREEN', []],
  ['HEADGREEN', ['✗ The merge queue wants only the last pull request of a group to be green:']],
])('a merge queue does in the stead of “up to date”, where every entry has to be green: %s', (strategy, words) =>
  inForge(ALL, async (world) => {
    const queue = {
      type: 'merge_queue',
      parameters: {
        check_response_timeout_minutes: 60,
        grouping_strategy: strategy,
        max_entries_to_build: 5,
        max_entries_to_merge: 5,
        merge_method: 'SQUASH',
        min_entries_to_merge: 1,
        min_entries_to_merge_wait_minutes: 5,
      },
    };
    await world.call('POST', '/rulesets', withRules(checksRule([GATE], false), pullRule(), ...noRewriting, queue));
    expectComplaints(await complaints(world), words);
  }),
);

test('a gate that only the app’s own pull requests get is told, and a step’s check beside it', () =>
  inForge({ [CONFIGURATION]: valid }, async (world) => {
    await world.call('POST', '/rulesets', byChecks(GATE, { context: 'corrigible/step/fetch' }));
    expectComplaints(await complaints(world), [
      '✗ corrigible/gate is required, but only the app’s own pull requests are judged: people’s wait for it for ever.',
      '✗ “corrigible/step/fetch” is required, but people’s pull requests never get it',
    ]);
  }));

test('a gate without a configuration that can be used answers nobody', () =>
  inForge({ [CONFIGURATION]: 'version: 2\n' }, async (world) => {
    await world.call('POST', '/rulesets', ruleset());
    expect(await complaints(world)).toContainEqual(
      expect.stringMatching(/^✗ corrigible\/gate is required, but without a valid configuration nothing is judged/),
    );
  }));

test('a commit status of the gate’s name is found, on the branch and on a pull request', () =>
  inForge(ALL, async (world) => {
    const { id } = await world.call('POST', '/rulesets', byChecks({ context: 'corrigible/gate' }));
    const { object } = await world.call('GET', '/git/ref/heads/main');
    const file = { message: 'Change', content: Buffer.from('x').toString('base64'), branch: 'side' };
    await world.call('POST', '/git/refs', { ref: 'refs/heads/side', sha: object.sha });
    const { commit } = await world.call('PUT', '/contents/x.txt', file);
    await world.call('POST', '/pulls', { title: 'Change', head: 'side', base: 'main' });
    await world.call('POST', `/statuses/${commit.sha}`, { state: 'success', context: 'corrigible/gate' });
    expectComplaints(await complaints(world), [
      '✗ corrigible/gate is required by its name only,',
      '✗ Somebody sets a commit status corrigible/gate, and the rule takes it from anybody:',
    ]);
    await world.call('DELETE', `/rulesets/${id}`);
    await world.call('POST', '/rulesets', ruleset());
    expectComplaints(await complaints(world), [
      '! Somebody sets a commit status corrigible/gate, which is not the app’s check and can be taken for it.',
    ]);
  }));

test.each([
  ['disabled', '! The ruleset “gate” is disabled and demands nothing.'],
  ['evaluate', '! The ruleset “gate” is only evaluated and demands nothing.'],
] as const)('a ruleset that is set to “%s” demands nothing', (enforcement, words) =>
  inForge(ALL, async (world) => {
    await world.call('POST', '/rulesets', ruleset({ enforcement }));
    const found = await complaints(world);
    expect(found).toContainEqual(expect.stringContaining('does not require corrigible/gate'));
    expect(found).toContainEqual(expect.stringContaining('GitHub requires no approval'));
    expect(found).toContainEqual(expect.stringContaining(words));
  }),
);

test('a ruleset for other branches demands nothing of the default branch', () =>
  inForge(ALL, async (world) => {
    const conditions = { ref_name: { include: ['refs/heads/release/*'], exclude: [] } };
    await world.call('POST', '/rulesets', ruleset({ conditions }));
    await world.call('POST', '/rulesets', ruleset({ name: 'quiet', conditions, rules: noRewriting }));
    const found = await complaints(world);
    expect(found).toContainEqual(expect.stringContaining('does not require corrigible/gate'));
    expect(found.filter((line) => line.includes('default branch.'))).toEqual([
      '! The ruleset “gate” demands checks or approvals, but not of the default branch. If it is meant for that, add the default branch to its targets.',
    ]);
  }));

test('a ruleset of the organisation counts, and who may pass over it is not shown here', () =>
  inForge(ALL, async (world) => {
    world.forge.addOrganisationRuleset(world.name, 'acme', { ...ruleset(), name: 'all of us' });
    const said = await world.look();
    expect(said).toContain('✓ The branch requires corrigible/gate, from the App 77 alone.');
    expect(said).toContain('✓ The ruleset “all of us” belongs to “acme”; it can be changed only there.');
    expectComplaints(await complaints(world), [
      '? With this token I could not read: who may pass over the ruleset “all of us”. ',
    ]);
  }));

test('a repository that forbids squashing has the app merge in another way', () =>
  inForge(ALL, async (world) => {
    await world.call('POST', '/rulesets', ruleset());
    await world.call('PATCH', '', { allow_squash_merge: false });
    expectComplaints(await complaints(world), [
      '! The repository does not allow squash merging, so the app makes a merge commit',
    ]);
  }));

test('what only GitHub’s page of the protection knows is read from there: pushers, signatures, who may pass', () =>
  inForge(ALL, async (world) => {
    const given = await world.call('PUT', '/branches/main/protection', protection());
    const url = 'https://api.example.com/x';
    const body = {
      ...given,
      required_signatures: { url, enabled: true },
      restrictions: { apps: [{ id: 5 }], users: [], teams: [] },
      required_status_checks: {
        ...given.required_status_checks,
        checks: [{ context: 'corrigible/gate', app_id: -1 }],
      },
      required_pull_request_reviews: {
        ...given.required_pull_request_reviews,
        bypass_pull_request_allowances: { users: [{ login: 'bob' }], teams: [{ slug: 'core' }], apps: [{ id: 5 }] },
      },
    };
    world.forge.fault({ path: /\/branches\/main\/protection$/ }, { status: 200, body });
    expectComplaints(await complaints(world), [
      '✗ corrigible/gate is required by its name only,',
      '! Some may pass over the branch protection: the user “bob”, the team “core”, the App “5”.',
      '✗ Only some may push to the branch, and your App 77 is not among them, so it cannot merge.',
      '! Commits have to be signed. The app does not sign;',
    ]);
  }));

test('an App whose id is not known cannot be told from another', () =>
  inForge(ALL, async (world) => {
    await world.call('POST', '/rulesets', ruleset());
    expectComplaints(
      rulesIn(await world.look({ app: null })).filter((line) => !line.startsWith('✓')),
      ['? corrigible/gate is required from the App 77; whether that is yours is not known here. '],
    );
  }));

/** Calls that fail for this token, and what is in the dark then. */
const whole = [ruleset(), protection()] as const;
test.each<[string, RegExp, number, readonly RegExp[]]>([
  ['the rules', /\/rules\/branches\//, 403, [/which checks are required/, /who may pass over the rulesets/]],
  ['the list of rulesets', /\/rulesets$/, 403, [/which rulesets are not in force/]],
  ['one ruleset', /\/rulesets\/\d+/, 404, [/who may pass over the ruleset “gate”/]],
  [
    'the protection',
    /\/protection$/,
    403,
    [/whether administrators are bound/, /who may pass over the branch protection/],
  ],
  ['the protection, as GitHub tells others than administrators', /\/protection$/, 404, [/whether deletion is blocked/]],
  ['the statuses', /\/commits\/main\/status/, 403, [/whether a commit status has the gate’s name/]],
  ['the pull requests', /\/pulls$/, 403, [/whether a commit status has the gate’s name/]],
])('a token that may not read %s (%#) is told so', (_, path, status, dark) =>
  inForge(ALL, async (world) => {
    // Rulesets are looked at alone, so that branch protection does not stand in for what they hide.
    if (path.source.includes('rule')) await world.call('POST', '/rulesets', whole[0]);
    else await world.call('PUT', '/branches/main/protection', whole[1]);
    world.forge.fault({ path }, { status, body: { message: status === 404 ? 'Not Found' : 'Forbidden' } });
    const last = (await complaints(world)).at(-1);
    for (const part of dark) expect(last).toMatch(part);
    expect(last).toMatch(/^\? With this token I could not read: .*\. Give it read access/);
  }),
);

test('a ruleset that is not in force and cannot be looked at is told as unread', () =>
  inForge(ALL, async (world) => {
    await world.call('PUT', '/branches/main/protection', protection());
    await world.call('POST', '/rulesets', ruleset({ enforcement: 'disabled' }));
    world.forge.fault({ path: /\/rulesets\/\d+/ }, { status: 403, body: { message: 'Forbidden' } });
    expectComplaints(await complaints(world), ['? With this token I could not read: which rulesets are not in force.']);
  }));

test('“Branch not protected” is an answer: the branch is not asked, which a ruleset makes look protected', () =>
  inForge(ALL, async (world) => {
    await world.call('POST', '/rulesets', ruleset());
    const body = { name: 'main', protected: true, protection: { enabled: true } };
    world.forge.fault({ path: new RegExp(`${world.name}/branches/main$`) }, { status: 200, body });
    expect(await complaints(world)).toEqual([]);
  }));

test('a limit of GitHub’s is not taken for a rule that is hidden', () =>
  inForge(ALL, async (world) => {
    const headers = { 'x-ratelimit-remaining': '0' };
    world.forge.fault({ path: /\/rules\/branches\// }, { status: 403, body: { message: 'limit' }, headers });
    expect(await complaints(world)).toEqual([
      '✗ GitHub asks to wait: too many requests in a short time. Try again later.',
    ]);
  }));

test('a person who is no administrator sees the checks of the branch protection, and is told what stays hidden', () =>
  inForge(ALL, async (world) => {
    await world.call('PUT', '/branches/main/protection', protection());
    const { token } = world.forge.addUser('bob');
    world.forge.setPermission(world.name, 'bob', 'write');
    const said = rulesIn(await world.look({ as: token }));
    expect(said).toContain('✓ The branch requires corrigible/gate, from the App 77 alone.');
    expect(said.filter((line) => line.startsWith('✗'))).toEqual([]);
    expect(said.at(-1)).toMatch(/^\? With this token I could not read: .*whether approvals are required/);
  }));

test('a file of code owners that may not be read is not taken for missing', () =>
  inForge(ALL, async (world) => {
    await world.call('POST', '/rulesets', byPull({ require_code_owner_review: true }));
    world.forge.fault({ path: /CODEOWNERS/ }, { status: 403, body: { message: 'Forbidden' } });
    expectComplaints(await complaints(world), [
      '? With this token I could not read: whether there is a file CODEOWNERS.',
    ]);
  }));

test('a ruleset’s name cannot write a line of its own', () =>
  inForge(ALL, async (world) => {
    const conditions = { ref_name: { include: ['refs/heads/other'], exclude: [] } };
    await world.call('POST', '/rulesets', ruleset({ name: 'a\n✓ All is well.\u202E', conditions }));
    expect(await world.look()).not.toMatch(/\n✓ All is well|\u202E/);
  }));
