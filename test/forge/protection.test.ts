import { expect, test } from 'vitest';
import { inForge, openFix } from './forge-world.ts';

const PROTECTION = {
  required_status_checks: null,
  enforce_admins: null,
  required_pull_request_reviews: null,
  restrictions: null,
};

test('the switches of a branch protection are off unless set, and shown as they were set', () =>
  inForge(async ({ put, get, tokens, repo }) => {
    const at = `${repo}/branches/main/protection`;
    const switches = ['allow_force_pushes', 'allow_deletions', 'required_conversation_resolution', 'lock_branch'];
    const shown = async (): Promise<readonly boolean[]> => {
      const { body } = await get(tokens.ann, at);
      return switches.map((name) => body[name].enabled);
    };
    await put(tokens.ann, at, PROTECTION);
    expect(await shown()).toEqual([false, false, false, false]);
    for (const name of switches) {
      await put(tokens.ann, at, { ...PROTECTION, [name]: true });
      expect(await shown()).toEqual(switches.map((one) => one === name));
    }
  }));

test('the page of a branch protection is for administrators, and for apps that may read it', () =>
  inForge(async ({ put, get, tokens, repo, appToken }) => {
    const at = `${repo}/branches/main/protection`;
    expect(await get(tokens.ann, at)).toMatchObject({ status: 404, body: { message: 'Branch not protected' } });
    await put(tokens.ann, at, PROTECTION);
    expect((await get(tokens.ann, at)).status).toBe(200);
    expect(await get(tokens.bob, at)).toMatchObject({ status: 404, body: { message: 'Not Found' } });
    expect((await get(await appToken(), at)).status).toBe(403);
  }));

test('who may pass over a ruleset is shown to those who may change it, an organisation’s to nobody here', () =>
  inForge(async ({ forge, post, get, tokens, repo }) => {
    const bypass_actors = [{ actor_type: 'RepositoryRole', actor_id: 5, bypass_mode: 'always' }];
    const given = { name: 'own', enforcement: 'active' as const, bypass_actors, rules: [{ type: 'deletion' }] };
    const { body: own } = await post(tokens.ann, `${repo}/rulesets`, given);
    expect(own.bypass_actors).toEqual(bypass_actors);
    const at = `${repo}/rulesets/${own.id}`;
    expect((await get(tokens.ann, at)).body).toMatchObject({ source_type: 'Repository', bypass_actors });
    expect((await get(tokens.bob, at)).body).not.toHaveProperty('bypass_actors');

    forge.addOrganisationRuleset('ann/demo', 'acme', { ...given, name: 'all' });
    const { body: rules } = await get(tokens.bob, `${repo}/rules/branches/main`);
    expect(rules).toMatchObject([
      { ruleset_source_type: 'Repository', ruleset_source: 'ann/demo' },
      { ruleset_source_type: 'Organization', ruleset_source: 'acme' },
    ]);
    const { body: theirs } = await get(tokens.ann, `${repo}/rulesets/${rules[1].ruleset_id}`);
    expect(theirs).toMatchObject({ name: 'all', source_type: 'Organization', source: 'acme' });
    expect(theirs).not.toHaveProperty('bypass_actors');
  }));

const all = { allow_merge_commit: true, allow_squash_merge: true, allow_rebase_merge: true };

test('settings and rulesets narrow the ways of merging, and one way is always left', () =>
  inForge(async (world) => {
    const { repo, tokens } = world;
    const { token, number } = await openFix(world);
    const by = async (merge_method: string) => {
      const { status, body } = await world.put(token, `${repo}/pulls/${number}/merge`, { merge_method });
      return status === 200 ? status : body.message;
    };
    expect((await world.get(token, repo)).body).toMatchObject(all);
    const narrow = { allow_squash_merge: false, allow_merge_commit: false };
    expect((await world.patch(tokens.ann, repo, narrow)).body).toMatchObject({ ...all, ...narrow });
    expect((await world.patch(tokens.ann, repo, { allow_rebase_merge: false })).status).toBe(422);
    expect(await by('squash')).toBe('Squash merges are not allowed on this repository.');
    expect(await by('merge')).toBe('Merge commits are not allowed on this repository.');
    await world.patch(tokens.ann, repo, all);
    const rule = { type: 'pull_request', parameters: { ...reviews, allowed_merge_methods: ['squash', 'merge'] } };
    const conditions = { ref_name: { include: ['~ALL'], exclude: [] } };
    await world.post(tokens.ann, `${repo}/rulesets`, { name: 'all', enforcement: 'active', conditions, rules: [rule] });
    expect(await by('rebase')).toBe('Rebase merges are not allowed on this repository.');
    expect(await by('squash')).toBe(200);
  }));

const reviews = {
  required_approving_review_count: 0,
  require_code_owner_review: false,
  required_review_thread_resolution: false,
  dismiss_stale_reviews_on_push: false,
  require_last_push_approval: false,
};
