/** The operations of GitHub's REST API that the local forge answers, by GitHub's own ids. */
export const operationIds: readonly string[] = `
apps/get-authenticated apps/list-installations apps/get-installation apps/get-repo-installation
apps/create-installation-access-token apps/list-repos-accessible-to-installation apps/revoke-installation-access-token
apps/suspend-installation apps/unsuspend-installation apps/delete-installation
apps/list-webhook-deliveries apps/get-webhook-delivery apps/redeliver-webhook-delivery
apps/get-webhook-config-for-app apps/update-webhook-config-for-app apps/create-from-manifest
issues/list-for-repo issues/create issues/get issues/update issues/list-events issues/list-events-for-timeline
issues/list-comments issues/list-comments-for-repo issues/create-comment issues/get-comment issues/update-comment
issues/delete-comment issues/lock issues/unlock issues/add-assignees issues/remove-assignees
issues/list-labels-on-issue issues/add-labels issues/set-labels issues/remove-label
issues/list-labels-for-repo issues/create-label issues/get-label issues/update-label issues/delete-label
reactions/list-for-issue reactions/create-for-issue reactions/delete-for-issue
reactions/list-for-issue-comment reactions/create-for-issue-comment reactions/delete-for-issue-comment
pulls/list pulls/create pulls/get pulls/update pulls/list-files pulls/list-commits pulls/check-if-merged pulls/merge
pulls/update-branch pulls/list-requested-reviewers pulls/request-reviewers pulls/remove-requested-reviewers
pulls/list-reviews pulls/create-review pulls/get-review pulls/dismiss-review pulls/list-comments-for-review
pulls/list-review-comments pulls/create-review-comment pulls/create-reply-for-review-comment
checks/create checks/update checks/get checks/list-annotations checks/rerequest-run
checks/list-for-ref checks/list-suites-for-ref checks/list-for-suite checks/get-suite
repos/get repos/update repos/delete repos/transfer repos/list-branches repos/get-branch repos/get-content repos/create-or-update-file-contents repos/delete-file
repos/list-commits repos/get-commit repos/compare-commits-with-basehead repos/list-pull-requests-associated-with-commit
repos/create-commit-status repos/get-combined-status-for-ref repos/list-commit-statuses-for-ref
repos/list-collaborators repos/check-collaborator repos/get-collaborator-permission-level
repos/get-branch-protection repos/update-branch-protection repos/delete-branch-protection
repos/get-branch-rules repos/get-repo-rulesets repos/get-repo-ruleset repos/create-repo-ruleset repos/delete-repo-ruleset
git/get-ref git/create-ref git/update-ref git/delete-ref git/list-matching-refs
git/get-commit git/create-commit git/get-tree git/create-tree git/get-blob git/create-blob
rate-limit/get users/get-by-username users/get-authenticated
`
  .trim()
  .split(/\s+/);

/** The webhooks that the local forge sends, as GitHub's description names them. */
export const webhookNames: readonly string[] = `
ping push create delete status installation-created installation-deleted
installation-suspend installation-unsuspend
repository-renamed repository-transferred repository-archived repository-unarchived repository-deleted
installation-repositories-added installation-repositories-removed
issues-opened issues-edited issues-labeled issues-unlabeled issues-assigned issues-unassigned issues-closed issues-reopened
issues-transferred issues-deleted issues-locked issues-unlocked pull-request-locked pull-request-unlocked
issue-comment-created issue-comment-edited issue-comment-deleted label-created label-edited label-deleted
pull-request-opened pull-request-edited pull-request-synchronize pull-request-closed pull-request-reopened
pull-request-labeled pull-request-unlabeled pull-request-assigned pull-request-unassigned
pull-request-review-requested pull-request-review-request-removed
pull-request-enqueued pull-request-dequeued merge-group-checks-requested merge-group-destroyed
pull-request-review-submitted pull-request-review-dismissed pull-request-review-comment-created
check-run-created check-run-completed check-run-rerequested check-suite-requested check-suite-completed
`
  .trim()
  .split(/\s+/);
