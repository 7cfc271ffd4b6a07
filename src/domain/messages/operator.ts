/** What is wrong with the operator's file, as `other` goes on after “is not right”; and the sentences around it. */
export const name = 'a name has lower case letters, digits and hyphens';
export const url = 'write an http or https address, without a user, a password, a question or a fragment';
export const key = 'write the name of the environment variable that holds the key, never the key itself';
export const ownSecret = 'this variable is a secret of the app, which no endpoint may be sent';
export const host =
  'write the name of a host, such as registry.npmjs.org, *.example.com for all below it, or a name with :80; no address, no other port';
export const defaultApi =
  'drafts and the built-in agent use the model “default”, so it has to be openai-chat; give this one another name';
export const roleApi = (model: string): string =>
  `the model “${model}” is not openai-chat, and the app reads through nothing else; name one that is`;
export const builtIn = 'this is the name of the agent that ships; give this one another';
export const noModel = (model: string) => ({
  problem: `There is no model “${model}”.`,
  fix: 'Name one that stands under `models`, or add it there.',
});
export const unset = (variable: string) => ({
  problem: `The environment variable ${variable} is not set.`,
  fix: 'Set it to the key of the endpoint; for a local one any text will do.',
});
export const twiceDefault = {
  problem: 'The model “default” is also set by OPENAI_API_KEY and OPENAI_MODEL.',
  fix: 'Take one of them away, or give this one another name.',
};
export const unreadable = (file: string, because: string): string =>
  `OPERATOR_FILE: ${file} cannot be read (${because}). Name a file that the app may read, or leave it out.`;
export const mistake = (file: string, line: number, problem: string, fix: string): string =>
  `OPERATOR_FILE: ${file}:${line}: ${problem} ${fix}`;
