/** A unified diff as git prints it, without what tells only where in a file something stands: blob ids, line numbers. */
const bare = (diff: string): string => diff.replace(/^index .*$/gm, '').replace(/^@@ -[\d,]+ \+[\d,]+ @@.*$/gm, '@@');

/** Whether two diffs make the same changes beside the same lines. */
export const sameDiff = (one: string, other: string): boolean => bare(one) === bare(other);
