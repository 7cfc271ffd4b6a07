/**
 * What the app asks of GitHub's GraphQL, letter by letter; everything else goes over REST. The name of each is its
 * `operationName`. A test holds them against GitHub's public schema, and the local forge answers exactly these.
 */
export const documents = {
  /** A Bot's login is shorter here than everywhere else: without `[bot]`. Ids have outgrown `databaseId`'s 32 bits. */
  reviewThreads: `query reviewThreads($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      reviewThreads(first: 50, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id
          isResolved
          isOutdated
          path
          line
          comments(first: 100) {
            totalCount
            nodes {
              fullDatabaseId
              body
              author { __typename login }
              pullRequestReview { fullDatabaseId }
            }
          }
        }
      }
    }
  }
}`,
  /** GitHub wants `contents: write` of an App for it, beside `pull_requests: write`. */
  resolveReviewThread: `mutation resolveReviewThread($threadId: ID!) {
  resolveReviewThread(input: { threadId: $threadId }) {
    thread { id isResolved }
  }
}`,
  /** The head is that of the group which is to become the tip of base; null until GitHub has made it. */
  mergeQueueEntry: `query mergeQueueEntry($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      id
      mergeQueueEntry { headCommit { oid } }
    }
  }
}`,
  enqueuePullRequest: `mutation enqueuePullRequest($pullRequestId: ID!, $head: GitObjectID!) {
  enqueuePullRequest(input: { pullRequestId: $pullRequestId, expectedHeadOid: $head }) {
    mergeQueueEntry { id }
  }
}`,
  dequeuePullRequest: `mutation dequeuePullRequest($pullRequestId: ID!) {
  dequeuePullRequest(input: { id: $pullRequestId }) {
    mergeQueueEntry { id }
  }
}`,
  /** REST tells times in whole seconds, and so nothing of an edit within the second of the comment. */
  commentEdit: `query commentEdit($id: ID!) {
  node(id: $id) {
    __typename
    ... on IssueComment { lastEditedAt }
  }
}`,
} as const;

export type DocumentName = keyof typeof documents;
