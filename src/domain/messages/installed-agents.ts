/** Sentences about agents that the operator installs. */

export const fileOfHome = 'a path below the home folder, such as .codex/config.toml';
export const installFolder = 'an absolute path of this machine';
