/**
 * The hook that git runs before a push takes effect. The forge tells it in the environment what this pusher may not do;
 * the words are GitHub's. With the objects in quarantine, a refused push leaves nothing behind.
 */
export const preReceiveHook = `#!/bin/sh
refused=0
while read -r before after ref; do
  for protected in $FORGE_PROTECTED_REFS; do
    if [ "$ref" = "$protected" ]; then
      echo "error: GH006: Protected branch update failed for $ref." >&2
      echo "error: Changes must be made through a pull request." >&2
      refused=1
    fi
  done
  [ "$FORGE_REFUSE_WORKFLOWS" = 1 ] || continue
  [ "$after" = 0000000000000000000000000000000000000000 ] && continue
  file=$(git log --format= --name-only "$after" --not --all -- .github/workflows | head -n 1)
  if [ -n "$file" ]; then
    echo "refusing to allow a GitHub App to create or update workflow \\\`$file\\\` without \\\`workflows\\\` permission" >&2
    refused=1
  fi
done
exit $refused
`;
