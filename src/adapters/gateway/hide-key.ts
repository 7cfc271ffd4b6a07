/** Shorter ones are words that servers ask for by their form alone. */
const LEAST = 8;

/** The text without the key: some servers repeat it in what they answer. */
export const hideKey = (text: string, key: string): string =>
  key.length >= LEAST && text.includes(key) ? text.replaceAll(key, '[key]') : text;
