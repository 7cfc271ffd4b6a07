/** What an agent is answered in the place of a model. Read by agents, and by people who look at what they did. */

export const usedUp =
  'The budget of this run is used up. No request is answered any more: end here, and do not ask again.';
export const keyRefused = (name: string, status: number): string =>
  `The endpoint refused the key or the account of the model ${name} with status ${status}. Only the operator can change that: end here, and do not ask again.`;
export const redirected = (name: string): string =>
  `The endpoint of the model ${name} sent the request to another address, which is never followed. Only the operator can change that: end here, and do not ask again.`;
export const closed = 'This run is over.';
export const noSuchPath = (method: string, path: string): string =>
  `${method} ${path} is not let through: only the model itself can be asked, where its API has it.`;
export const notJson = 'The body of the request is not JSON.';
export const tooDeep = 'The values of the request are nested too deeply.';
export const encoded = 'Send the body of the request as it is, without compressing it.';
export const tooLong = (megabytes: number): string => `The request is longer than ${megabytes} MB.`;
export const tooMuchAtOnce = (megabytes: number): string =>
  `Requests of over ${megabytes} MB are under way at once. Wait for the answers to them.`;
export const tooMuchInVain = (megabytes: number): string =>
  `Requests of over ${megabytes} MB went to no model. Nothing more is read.`;
export const tooManyValues = (most: number): string =>
  `There are more than ${most} values in the request. Send less of the conversation.`;
export const tooManyImages = (most: number): string => `There are more than ${most} images in the request.`;
export const notLetThrough = (what: string): string => `${what} is not let through.`;
export const misshapen = (where: string, problem: string): string => `${where}: ${problem}`;
export const runsElsewhere = (tool: string): string =>
  `The tool “${tool}” runs on the provider's machines, or is not known here. Only tools that the agent runs itself are let through.`;
export const storedElsewhere = (key: string): string =>
  `“${key}” stores something with the provider, or uses what is stored there. Send everything in the request itself.`;
export const oneAnswer = (key: string): string => `“${key}” may only be 1: every answer is paid for.`;
export const remote = (what: string): string =>
  `${what} must be in the request itself, as data: nothing is fetched from an address.`;
export const noPdf = '[A PDF was here. It is not let through: take its text out with a program, and send that.]';
export const notAnImage = 'only images (PNG, JPEG, WebP, GIF) of up to 5 MB may be sent, as base64';

/** Of the endpoint's failures, what is passed on. */
export const failed = (name: string, status: number): string =>
  `The endpoint of the model ${name} answered with status ${status}.`;
export const unreachable = (name: string): string => `The endpoint of the model ${name} could not be reached.`;
export const slow = (name: string): string => `The endpoint of the model ${name} took too long to answer.`;

/** Why a run does not begin. */
export const noPrice = (name: string): string =>
  `There is a budget in money, but the model “${name}” has no price in the operator's file. Add \`price\` there, or leave the budget in money out.`;
export const broken = (name: string): string =>
  `The answer of the model ${name} was cut off, longer than allowed, or no answer at all.`;
export const left = 'Nobody waits for this answer any more.';
